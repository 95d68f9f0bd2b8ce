// What Pulumi runs. Beside it, index.ts is what Pulumi reads the types from.
module.exports = require('../dist/pulumi/index.js')
