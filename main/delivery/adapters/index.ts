import type { Clock } from '../../store/index.ts';
import type { ProvinceConfig } from '../config.ts';
import type { Secrets } from '../secrets.ts';
import { ProvinceProblem } from '../problems.ts';
import { createTransport, type Transport } from '../transport.ts';
import type { Adapter, AdapterDeps } from './adapter.ts';
import { backEnds } from './names.ts';

/** Names under which the province's credentials rest in the safe. */
export const SECRET_USER = 'province.user';
export const SECRET_PASSWORD = 'province.secret';
/** PIN of the token that holds the client certificate's key. */
export const SECRET_PIN = 'province.token-pin';

/** Builds the back end that the configuration names. @throws MappingError when its mapping file has a mistake */
export function createAdapter(
  config: ProvinceConfig,
  deps: AdapterDeps & { clock: Clock; secrets: Secrets; transport?: Transport },
): Adapter {
  const hosts =
    config.allowHosts.length > 0
      ? config.allowHosts
      : [config.baseUrl, ...(config.gatewayUrl ? [config.gatewayUrl] : [])].map((u) => new URL(u).host);
  const { token } = config.tls;
  const own = deps.transport === undefined;
  const transport =
    deps.transport ??
    createTransport({
      allowHosts: hosts,
      idleMs: config.idleMs,
      sockets: config.parallel + 3,
      tls: { ...config.tls, ...(token ? { token: { ...token, pin: () => kept(SECRET_PIN) } } : { token: undefined }) },
      ...(config.proxy ? { proxy: config.proxy } : {}),
    });
  /** A safe that does not open wants a person, as a wrong password does; it is no failure of the province. */
  const kept = (name: string) =>
    deps.secrets.get(name).catch(() => {
      throw new ProvinceProblem('sign-in', 'the safe does not open', { reasonCode: 'SAFE_CLOSED' });
    });
  const credentials = async () => {
    const [user, secret] = await Promise.all([kept(SECRET_USER), kept(SECRET_PASSWORD)]);
    return user !== null && secret !== null ? { user, secret } : null;
  };
  const backEnd = backEnds.find((one) => one.name === config.adapter);
  if (!backEnd) throw new Error(`no back end ${config.adapter}`);
  const adapter = backEnd.open({
    config,
    mappingFile: config.mappingFile ?? backEnd.mappingFile,
    transport,
    clock: deps.clock,
    credentials,
    heard: deps.heard,
  });
  return {
    ...adapter,
    forgetSession() {
      adapter.forgetSession();
      transport.again?.();
    },
    close() {
      adapter.close();
      if (own) transport.close();
    },
  };
}
