import { AuthenticationFailure, jsonAuthenticationRefusal } from './authentication-failure.ts'
import { type AwsService, awsService, type Recognise, type ServiceWorld } from './aws-service.ts'
import { ServiceError } from './service-error.ts'
import { jsonRefusal, jsonSuccess } from './wire.ts'

/**
 * A service that speaks AWS JSON: `X-Amz-Target` names the operation, the body is its input.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 *
 * @param errorMember Secrets Manager calls the text of an error `Message`, ECR `message`
 */
export function jsonService<World extends ServiceWorld>(
  errorMember: 'Message' | 'message',
  service: AwsService<World, Readonly<Record<string, unknown>>>,
): Recognise<World> {
  return awsService(service, {
    throttlingCode: 'ThrottlingException',
    unknownOperation: () => new ServiceError('UnknownOperationException', ''),
    success: (_operation, output) => jsonSuccess(output),
    refusal(error) {
      const refusal = error instanceof AuthenticationFailure ? jsonAuthenticationRefusal(error) : error
      return jsonRefusal(refusal, errorMember)
    },
  })
}
