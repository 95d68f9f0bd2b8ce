import type { Fault } from '../fault.ts'
import type { Operation } from '../service.ts'
import type { ServiceName } from '../service-name.ts'
import { AuthenticationFailure, jsonAuthenticationRefusal } from './authentication-failure.ts'
import { ServiceError } from './service-error.ts'
import { jsonRefusal, type Refusal } from './wire.ts'

/** A call that names no operation of AWS at all. */
export function unknownOperation(service: ServiceName, name: string): Operation {
  const refusal: Refusal = { code: 'UnknownOperationException', message: '', status: 400 }
  return {
    service,
    name,
    mutating: false,
    perform: () => jsonRefusal(refusal, 'message'),
    refuse: (fault) => jsonRefusal(faultRefusal(fault), 'message'),
  }
}

function faultRefusal(fault: Fault): Refusal {
  switch (fault.kind) {
    case 'throttle':
      return new ServiceError('ThrottlingException', 'Rate exceeded')
    case 'deny':
      return new ServiceError('AccessDeniedException', 'Access denied')
    case 'expired-token':
      return jsonAuthenticationRefusal(new AuthenticationFailure('expired-token'))
    case 'error':
    default:
      return new ServiceError(
        'ServerException',
        'These errors are usually caused by a server-side issue.',
        fault.status ?? 500,
      )
  }
}
