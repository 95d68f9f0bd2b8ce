import type { ServiceName } from '../service-name.ts'
import type { Recognise, ServiceWorld } from './aws-service.ts'
import { jsonService } from './json-service.ts'
import { ServiceError } from './service-error.ts'

/** Recognise a call that names no operation of AWS at all. */
export function unknownOperation(service: ServiceName): Recognise<ServiceWorld> {
  return jsonService('message', {
    name: service,
    reads: {},
    writes: {},
    isUndone: () => false,
    denied: () => new ServiceError('AccessDeniedException', 'Access denied'),
    serverError: {
      code: 'ServerException',
      message: 'These errors are usually caused by a server-side issue.',
    },
  })
}
