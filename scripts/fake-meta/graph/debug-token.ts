import type { Call, Reply } from '../http/call.ts';
import { GraphError } from '../http/graph-error.ts';
import { deathNotice } from '../oauth/tokens.ts';
import type { TokenRecord } from '../oauth/tokens.ts';
import type { Parts } from '../parts.ts';
import { grantedScopes, targetsOf } from '../world/grant.ts';
import { unixSeconds } from '../world/wire-time.ts';
import { requireAppOrCaller } from './access.ts';

const DATA_ACCESS_MS = 90 * 86_400_000;

/** `GET /debug_token`: answers 200 also about a dead token (PLATFORMS 1.4). */
export function debugToken(parts: Parts, call: Call): Reply {
	if (requireAppOrCaller(parts, call) !== 'app') {
		throw new GraphError(100, '(#100) You must provide an app access token');
	}
	const token = parts.tokens.find(call.required('input_token'));
	if (!token || token.kind === 'instagram') {
		const error = { code: 190, message: 'Invalid OAuth access token.' };
		return { json: { data: { error, is_valid: false, scopes: [] } } };
	}
	return { json: { data: describe(parts, token) } };
}

function describe(parts: Parts, token: TokenRecord): object {
	const grant = parts.world.people.get(token.ownerId)?.grant ?? null;
	const death = parts.tokens.deathOf(token);
	const scopes = grant ? grantedScopes(grant) : [];
	return {
		app_id: parts.app.appId,
		type: token.kind === 'page' ? 'PAGE' : 'USER',
		application: 'Sellary',
		data_access_expires_at: unixSeconds((grant?.loggedInAt ?? token.issuedAt) + DATA_ACCESS_MS),
		expires_at: token.expiresAt === null ? 0 : unixSeconds(token.expiresAt),
		is_valid: death === null,
		...(death ? { error: { code: 190, ...deathNotice(death) } } : {}),
		...(token.isLongLived ? { issued_at: unixSeconds(token.issuedAt) } : {}),
		scopes,
		granular_scopes: scopes.map((scope) => {
			const targets = grant ? targetsOf(grant, scope) : null;
			return targets ? { scope, target_ids: targets } : { scope };
		}),
		user_id: token.ownerId,
		...(token.pageId === null ? {} : { profile_id: token.pageId })
	};
}
