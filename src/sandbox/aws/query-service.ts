import { AuthenticationFailure, queryAuthenticationRefusal } from './authentication-failure.ts'
import { type AwsService, awsService, type Recognise, type ServiceWorld } from './aws-service.ts'
import { ServiceError } from './service-error.ts'
import { xmlRefusal, xmlSuccess, type XmlValue } from './wire.ts'

/**
 * A service that speaks the query protocol: a form names an `Action`, the answer is XML.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 *
 * @param version of its API, as the form's `Version` has it
 */
export function queryService<World extends ServiceWorld>(
  version: string,
  service: AwsService<World, Readonly<Record<string, XmlValue>>>,
): Recognise<World> {
  const namespace = `https://${service.name}.amazonaws.com/doc/${version}/`
  return awsService(service, {
    throttlingCode: 'Throttling',
    unknownOperation: (name) =>
      new ServiceError('InvalidAction', `Could not find operation ${name} for version ${version}`),
    success: (operation, output) => xmlSuccess(namespace, operation, output),
    refusal(error) {
      const refusal = error instanceof AuthenticationFailure ? queryAuthenticationRefusal(error) : error
      return xmlRefusal(namespace, refusal)
    },
  })
}
