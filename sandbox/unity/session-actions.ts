import { type Spec, table } from './dataset.ts';
import { withOffset } from './local-time.ts';
import { type Action, type Call, isEhrUser, type System } from './magic.ts';
import type { Product } from './world.ts';
import { windowsZone } from './zones.ts';

interface Admission {
  readonly valid: boolean;
  readonly message: string;
}

const ADMISSION: Spec<Admission> = {
  ValidUser: ({ valid }) => (valid ? 'YES' : 'NO'),
  ErrorMessage: ({ message }) => message,
  ClientID: ({ valid }) => (valid ? 'SANDBOX' : ''),
};

const admit = (system: System, user: string, password: string): Admission => {
  if (!isEhrUser(system, user) || password !== system.signIn.ehrPassword)
    return { valid: false, message: 'Invalid username or password.' };
  // The text for a locked user is not public: assumption.
  if (system.locked.has(user.toLowerCase())) return { valid: false, message: 'User account is locked.' };
  return { valid: true, message: '' };
};

const SERVER: Readonly<Record<Product, { readonly system: string; readonly version: string }>> = {
  touchworks: { system: 'TouchWorks EHR', version: '22.1.0.0' },
  professional: { system: 'Professional EHR', version: '24.1.0.0' },
};

const SERVER_INFO: Spec<number> = {
  ServerTimeZone: (_now, { practice }) => windowsZone(practice.timeZone),
  ServerTime: (now, { local }) => local(now).slice(0, 19),
  ServerDateTimeOffset: (now, { local }) => withOffset(local(now), now),
  System: (_now, { product }) => SERVER[product].system,
  ProductVersion: (_now, { product }) => SERVER[product].version,
  uaibornondate: () => '01/15/2025',
};

const ECHO: Spec<Call> = {
  Action: ({ action }) => action,
  UserID: ({ userId }) => userId,
  Appname: ({ appName }) => appName,
  PatientID: ({ patientId }) => patientId,
  Parameter1: ({ parameters }) => parameters[0] ?? '',
  Parameter2: ({ parameters }) => parameters[1] ?? '',
  Parameter3: ({ parameters }) => parameters[2] ?? '',
  Parameter4: ({ parameters }) => parameters[3] ?? '',
  Parameter5: ({ parameters }) => parameters[4] ?? '',
  Parameter6: ({ parameters }) => parameters[5] ?? '',
};

export const SESSION_ACTIONS: readonly Action[] = [
  {
    name: 'GetUserAuthentication',
    needs: 'token',
    run: ({ call, world, system, session, parameter }) => {
      const admission = admit(system, call.userId, parameter(1));
      if (session && admission.valid) session.user = call.userId;
      return [table(world, ADMISSION, [admission])];
    },
  },
  { name: 'GetServerInfo', needs: 'token', run: ({ world }) => [table(world, SERVER_INFO, [world.now()])] },
  // One public client says that it needs no token.
  { name: 'Echo', needs: 'nothing', run: ({ call, world }) => [table(world, ECHO, [call])] },
];
