export { PullThroughCache } from '../dist/pulumi/index.js'
