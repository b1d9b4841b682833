import type { Clock } from '../../store/index.ts';
import { mappingPath, type ProvinceConfig } from '../config.ts';
import type { Secrets } from '../secrets.ts';
import { ProvinceProblem } from '../problems.ts';
import { createTransport, type Transport } from '../transport.ts';
import type { Adapter, AdapterDeps } from './adapter.ts';
import type { BackEnd } from './names.ts';
import { createClassicAdapter, loadClassicMapping } from './classic/index.ts';
import { createLgspAdapter, loadLgspMapping } from './lgsp/index.ts';

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
  const file = config.mappingFile ?? mappingPath(config.adapter);
  const common = { baseUrl: config.baseUrl, transport, clock: deps.clock, credentials };
  const open: Record<BackEnd, () => Adapter> = { lgsp, classic };
  const adapter = open[config.adapter]();
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

  function lgsp(): Adapter {
    return createLgspAdapter(
      { ...common, mapping: loadLgspMapping(file), gatewayUrl: config.uploads === 'tus' ? config.gatewayUrl : null },
      deps,
    );
  }
  function classic(): Adapter {
    if (!config.gatewayUrl) throw new Error('the classic interface takes links to files: gatewayUrl must be configured');
    return createClassicAdapter(
      {
        ...common,
        mapping: loadClassicMapping(file),
        agency: config.agency,
        destination: config.destination,
        gatewayUrl: config.gatewayUrl,
      },
      deps,
    );
  }
}
