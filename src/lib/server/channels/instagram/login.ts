import { z } from 'zod';
import { graphPath } from '../meta/client.ts';
import type { MetaClient } from '../meta/client.ts';
import { MetaError } from '../meta/errors.ts';
import { issuedToken, LONG_LIVED_SECONDS, tokenText } from '../meta/issued-token.ts';
import type { IssuedToken } from '../meta/issued-token.ts';
import { metaId } from '../meta/json.ts';
import type { LoginRequest } from '../meta/oauth.ts';
import type { MetaSettings } from '../meta/settings.ts';

/** The Instagram app has an id and a secret of its own (PLATFORMS 1.10). */
function instagramApp(settings: MetaSettings): NonNullable<MetaSettings['instagram']> {
	if (settings.instagram !== null) return settings.instagram;
	throw new MetaError('bad_request', 'Instagram Login is not set up', {
		explanation:
			'This server offers no Instagram Login. Connect the Facebook Page of the account, or ask whoever runs the server to set INSTAGRAM_APP_ID.'
	});
}

/** Where the seller's browser goes to grant access. `rerequest` makes Instagram ask who logs in. */
export function authorizeUrl(settings: MetaSettings, login: LoginRequest): string {
	const url = new URL(`${settings.bases.instagramAuthorize}/oauth/authorize`);
	url.search = new URLSearchParams({
		client_id: instagramApp(settings).appId,
		redirect_uri: login.redirectUri,
		response_type: 'code',
		scope: login.scopes.join(','),
		state: login.state,
		...(login.rerequest ? { force_authentication: '1' } : {})
	}).toString();
	return url.href;
}

/** A token of one hour, and whose it is. */
export type InstagramGrant = {
	readonly token: string;
	readonly userId: string;
	readonly permissions: readonly string[];
};

const grant = z
	.object({
		access_token: tokenText,
		user_id: metaId,
		permissions: z.union([z.string().transform((text) => text.split(',')), z.array(z.string())])
	})
	.partial({ permissions: true })
	.transform(({ access_token: token, user_id: userId, permissions = [] }): InstagramGrant => ({
		token,
		userId,
		permissions: permissions.map((name) => name.trim()).filter((name) => name !== '')
	}));

/** Flat, or wrapped in `data` (PLATFORMS 1.10). */
const grantAnswer = z.union([
	grant,
	z.object({ data: z.tuple([grant]) }).transform(({ data }) => data[0])
]);

/**
 * Exchanges a code for a token of one hour. Instagram may append `#_` to the code, which is none of
 * it. Throws `MetaError` `bad_request` for a code that is spent, stale or meant for another address.
 */
export async function exchangeCode(
	client: MetaClient,
	{ code, redirectUri }: { readonly code: string; readonly redirectUri: string }
): Promise<InstagramGrant> {
	const { appId, appSecret } = instagramApp(client.settings);
	const form = {
		client_id: appId,
		client_secret: appSecret,
		grant_type: 'authorization_code',
		redirect_uri: redirectUri,
		code: code.replace(/#_$/, '')
	};
	const path = graphPath('oauth', 'access_token');
	const answer = await client.request(
		{ host: 'instagramToken', method: 'POST', path, versioned: false, form },
		grantAnswer
	);
	return answer.data;
}

/** Exchanges a token of one hour for one of 60 days. Instagram documents the query only. */
export async function longLivedToken(client: MetaClient, token: string): Promise<IssuedToken> {
	const query = {
		grant_type: 'ig_exchange_token',
		client_secret: instagramApp(client.settings).appSecret,
		access_token: token
	};
	return renew(client, graphPath('access_token'), query);
}

/**
 * Gives a long-lived token 60 more days. Only for one that is at least 24 hours old and has not
 * expired, so it takes a job of ours (PLATFORMS 1.10). Instagram documents the query only.
 */
export async function refreshToken(client: MetaClient, token: string): Promise<IssuedToken> {
	const query = { grant_type: 'ig_refresh_token', access_token: token };
	return renew(client, graphPath('refresh_access_token'), query);
}

async function renew(
	client: MetaClient,
	path: string,
	query: Readonly<Record<string, string>>
): Promise<IssuedToken> {
	const answer = await client.request(
		{ host: 'instagramGraph', path, versioned: false, query },
		issuedToken(LONG_LIVED_SECONDS)
	);
	return answer.data;
}

export type InstagramProfile = {
	/** Id of the professional account, which webhooks name as `entry.id` [unverified]. */
	readonly userId: string;
	/** Id of the account within our app [unverified]. */
	readonly appScopedId: string | null;
	readonly username: string | null;
	/** E.g. `BUSINESS` or `MEDIA_CREATOR`. */
	readonly accountType: string | null;
};

const profile = z
	.object({
		user_id: metaId,
		id: metaId.optional(),
		username: z.string().optional(),
		account_type: z.string().optional()
	})
	.transform((account): InstagramProfile => ({
		userId: account.user_id,
		appScopedId: account.id ?? null,
		username: account.username ?? null,
		accountType: account.account_type ?? null
	}));

/** Whose token it is. Both ids are worth keeping: which one webhooks use is not certain. */
export async function me(client: MetaClient, token: string): Promise<InstagramProfile> {
	const answer = await client.request(
		{
			host: 'instagramGraph',
			path: graphPath('me'),
			token,
			query: { fields: 'id,user_id,username,account_type' }
		},
		profile
	);
	return answer.data;
}
