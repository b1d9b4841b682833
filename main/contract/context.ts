/** Who is calling. The server fills it in from the paired device and the signed-in officer; rooms only read it. */
export type Role = 'officer' | 'station' | 'kiosk' | 'board' | 'feedback';
export type Duty = 'reception' | 'helper' | 'appraisal' | 'leader' | 'clerk' | 'supervisor' | 'admin';

export interface Caller {
  /** `station` is a desk at which nobody has signed in yet; `officer` one at which somebody has. */
  readonly role: Role;
  /** The paired device; stable across restarts. */
  readonly deviceId: string;
  /** The counter the device stands at, for desks and rating pads. */
  readonly counterId?: string;
  /** Present exactly when role is `officer`. */
  readonly officer?: { readonly id: string; readonly name: string; readonly title: string; readonly duties: readonly Duty[] };
}

export interface CallContext {
  readonly caller: Caller;
  /** Id of this connection; ends with it. */
  readonly connectionId: string;
}

/** Which roles may call a procedure; checked by the server before the handler runs. */
export interface ProcedureMeta {
  readonly roles?: readonly Role[];
  /** Beyond the role: the officer must hold one of these duties. */
  readonly duties?: readonly Duty[];
}
