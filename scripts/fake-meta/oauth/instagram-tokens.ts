import type { Call, Reply } from '../http/call.ts';
import { badParameter, GraphError } from '../http/graph-error.ts';
import { metaJson } from '../http/escape.ts';
import type { Parts } from '../parts.ts';
import { allows, grantedScopes } from '../world/grant.ts';
import { CODE_FAULTS } from './token-endpoint.ts';
import { deathNotice, SHORT_INSTAGRAM_TOKEN_SECONDS } from './tokens.ts';
import type { TokenRecord } from './tokens.ts';

const REFRESHABLE_AFTER_MS = 24 * 3_600_000;

/** An error of api.instagram.com, which has a shape of its own (PLATFORMS 1.10). */
function apiError(message: string): Reply {
	return { status: 400, json: { error_type: 'OAuthException', code: 400, error_message: message } };
}

/** `POST /oauth/access_token` of api.instagram.com: a code for a token of one hour. */
export function exchangeInstagramCode(parts: Parts, call: Call): Reply {
	const field = (name: string): string => call.form.get(name) ?? '';
	if (field('client_id') !== parts.app.instagramAppId) return apiError('Invalid platform app');
	if (field('client_secret') !== parts.app.instagramAppSecret) {
		return apiError('Invalid client secret');
	}
	if (field('grant_type') !== 'authorization_code') return apiError('Invalid grant_type');
	const redeemed = parts.codes.redeem(field('code'), {
		clientId: parts.app.instagramAppId,
		redirectUri: field('redirect_uri')
	});
	if ('fault' in redeemed) return apiError(CODE_FAULTS[redeemed.fault][0]);
	const token = parts.tokens.issue({
		kind: 'instagram',
		ownerId: redeemed.ownerId,
		isLongLived: false,
		expiresAt: parts.clock.now() + SHORT_INSTAGRAM_TOKEN_SECONDS * 1000
	});
	const grant = parts.world.instagramAccounts.get(redeemed.ownerId)?.grant ?? null;
	const permissions = grant ? grantedScopes(grant).join(',') : '';
	const text = metaJson({ access_token: token.value, user_id: token.ownerId, permissions });
	// A bare number, beyond what a JavaScript number holds: whoever parses it as one is told.
	const flat = text.replace(/"user_id":"(\d+)"/, '"user_id":$1');
	const isWrapped = parts.knobs.values.instagram.tokenShape === 'wrapped';
	return { jsonText: isWrapped ? `{"data":[${flat}]}` : flat };
}

/** `GET /access_token?grant_type=ig_exchange_token` of graph.instagram.com. */
export function exchangeInstagramToken(parts: Parts, call: Call): Reply {
	if (call.query.get('grant_type') !== 'ig_exchange_token') {
		throw badParameter('(#100) Invalid grant_type');
	}
	if (call.required('client_secret') !== parts.app.instagramAppSecret) {
		throw new GraphError(1, 'Error validating client secret.');
	}
	const token = livingToken(parts, call);
	if (token.isLongLived) throw new GraphError(452, 'Session key invalid. The token is long-lived.');
	return { json: longToken(parts, token) };
}

/** `GET /refresh_access_token`: from 24 hours on, as long as it is not expired. */
export function refreshInstagramToken(parts: Parts, call: Call): Reply {
	if (call.query.get('grant_type') !== 'ig_refresh_token') {
		throw badParameter('(#100) Invalid grant_type');
	}
	const token = livingToken(parts, call);
	const isOldEnough = parts.clock.now() - token.issuedAt >= REFRESHABLE_AFTER_MS;
	if (!token.isLongLived || !isOldEnough) {
		throw badParameter('(#100) The token must be long-lived and at least 24 hours old');
	}
	const { grant } = parts.world.instagramAccounts.get(token.ownerId) ?? { grant: null };
	if (!allows(grant, 'instagram_business_basic')) {
		throw new GraphError(200, '(#200) Missing Permissions', { status: 403 });
	}
	return { json: longToken(parts, token) };
}

/** These two take the token in the URL, as documented; a header does too. */
function livingToken(parts: Parts, call: Call): TokenRecord {
	const token = parts.tokens.find(call.bearer ?? call.query.get('access_token') ?? '');
	if (!token || token.kind !== 'instagram') {
		throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token');
	}
	const death = parts.tokens.deathOf(token);
	if (!death) return token;
	const { subcode, message } = deathNotice(death);
	throw new GraphError(190, message, { subcode });
}

function longToken(parts: Parts, old: TokenRecord): object {
	const seconds = parts.knobs.values.instagram.longTokenSeconds;
	const token = parts.tokens.issue({
		kind: 'instagram',
		ownerId: old.ownerId,
		isLongLived: true,
		expiresAt: parts.clock.now() + seconds * 1000
	});
	return { access_token: token.value, token_type: 'bearer', expires_in: seconds };
}
