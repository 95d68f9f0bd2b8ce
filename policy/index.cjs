// Pulumi loads a policy pack with `require` and calls what it exports.
module.exports = async () => {
  const { policyPack } = await import('../dist/policy/index.js')
  policyPack()
}
