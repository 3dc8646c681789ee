import { MetaError } from './errors.ts';
import { isGraphPath } from './path.ts';
import type { MetaSettings } from './settings.ts';
import { appSecretProof } from './signature.ts';

export type MetaHost = 'graph' | 'streaming' | 'instagramGraph' | 'instagramToken';

/** What of a request makes its address. */
export type Address = {
	readonly host?: MetaHost;
	readonly path: string;
	readonly versioned?: boolean;
	readonly token?: string | null;
	readonly query?: Readonly<Record<string, string>>;
};

/** The secret whose proof goes with a token; null where none is wanted (PLATFORMS 1.7). */
function proofSecret(settings: MetaSettings, host: MetaHost): string | null {
	switch (host) {
		case 'graph':
		case 'streaming':
			return settings.appSecret;
		case 'instagramGraph':
			return settings.instagram?.sendProof ? settings.instagram.appSecret : null;
		case 'instagramToken':
			return null;
	}
}

/**
 * The address of a call. `appsecret_proof` stands in the query even when the token does not: Meta reads
 * it there only (PLATFORMS 1.7). Throws `MetaError` `bad_request` for a path not made by `graphPath`.
 */
export function requestUrl(
	settings: MetaSettings,
	address: Address,
	tokenIn: 'query' | 'header'
): URL {
	const { host = 'graph', path, versioned = true, token = null, query = {} } = address;
	if (!isGraphPath(path)) {
		throw new MetaError('bad_request', 'A path to Meta would have held something foreign');
	}
	const version = versioned ? `${settings.graphVersion}/` : '';
	const url = new URL(`${settings.bases[host]}/${version}${path}`);
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	const secret = proofSecret(settings, host);
	if (token !== null && secret !== null) {
		url.searchParams.set('appsecret_proof', appSecretProof(token, secret));
	}
	if (token !== null && tokenIn === 'query') url.searchParams.set('access_token', token);
	return url;
}
