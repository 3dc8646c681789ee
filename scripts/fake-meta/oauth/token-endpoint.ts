import type { Call, Reply } from '../http/call.ts';
import { badParameter, GraphError } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import type { CodeFault } from './codes.ts';
import { deathNotice, LONG_TOKEN_SECONDS, SHORT_TOKEN_SECONDS } from './tokens.ts';

/** Wording and subcodes: unverified (PLATFORMS 1.11 asks for code 100 only). */
export const CODE_FAULTS: Readonly<Record<CodeFault, readonly [text: string, subcode: number]>> = {
	unknown: ['Error validating verification code. Invalid verification code format.', 36_009],
	used: ['This authorization code has been used.', 36_009],
	expired: ['This authorization code has expired.', 36_007],
	redirect_mismatch: [
		'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
		36_008
	],
	client_mismatch: ['Error validating verification code. It was issued to another app.', 36_008]
};

/** `GET /oauth/access_token` of the Graph API: a code, or a token for a longer one (PLATFORMS 1.3). */
export function exchangeToken(parts: Parts, call: Call): Reply {
	requireClient(parts, call);
	const grantType = call.param('grant_type');
	if (grantType === 'fb_exchange_token') return exchangeForLong(parts, call);
	if (grantType !== null && grantType !== 'authorization_code') {
		throw badParameter(`(#100) Invalid grant_type: ${grantType}`);
	}
	return exchangeCode(parts, call);
}

function requireClient(parts: Parts, call: Call): void {
	if (call.required('client_id') !== parts.app.appId) {
		throw new GraphError(
			101,
			'Error validating application. Cannot get application info due to a system error.'
		);
	}
	if (call.required('client_secret') !== parts.app.appSecret) {
		throw new GraphError(1, 'Error validating client secret.');
	}
}

function exchangeCode(parts: Parts, call: Call): Reply {
	const redeemed = parts.codes.redeem(call.required('code'), {
		clientId: parts.app.appId,
		redirectUri: call.required('redirect_uri')
	});
	if ('fault' in redeemed) {
		const [text, subcode] = CODE_FAULTS[redeemed.fault];
		throw badParameter(text, subcode);
	}
	const token = parts.tokens.issue({
		kind: 'user',
		ownerId: redeemed.ownerId,
		isLongLived: false,
		expiresAt: parts.clock.now() + SHORT_TOKEN_SECONDS * 1000
	});
	return {
		json: { access_token: token.value, token_type: 'bearer', expires_in: SHORT_TOKEN_SECONDS }
	};
}

function exchangeForLong(parts: Parts, call: Call): Reply {
	const old = parts.tokens.find(call.required('fb_exchange_token'));
	const status = parts.knobs.values.graph.tokenErrorStatus;
	if (!old || old.kind !== 'user') {
		throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token', { status });
	}
	const death = parts.tokens.deathOf(old);
	if (death) {
		const { subcode, message } = deathNotice(death);
		throw new GraphError(190, message, { status, subcode });
	}
	const token = parts.tokens.issue({
		kind: 'user',
		ownerId: old.ownerId,
		isLongLived: true,
		expiresAt: parts.clock.now() + LONG_TOKEN_SECONDS * 1000
	});
	const expiresIn = parts.knobs.values.graph.omitExpiresIn
		? {}
		: { expires_in: LONG_TOKEN_SECONDS };
	return { json: { access_token: token.value, token_type: 'bearer', ...expiresIn } };
}
