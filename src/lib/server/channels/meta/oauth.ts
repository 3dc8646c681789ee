import { z } from 'zod';
import { graphPath } from './client.ts';
import type { MetaClient } from './client.ts';
import { issuedToken, LONG_LIVED_SECONDS, SHORT_LIVED_SECONDS, tokenText } from './issued-token.ts';
import type { IssuedToken } from './issued-token.ts';
import { metaId } from './json.ts';
import { readList } from './paging.ts';
import type { MetaSettings } from './settings.ts';

export { readCallback } from './callback.ts';
export type { LoginCallback } from './callback.ts';
export { debugToken } from './debug-token.ts';
export type { GranularScope, TokenFacts } from './debug-token.ts';
export type { IssuedToken } from './issued-token.ts';

export type LoginRequest = {
	/** Registered at Meta; the same bytes again in the code exchange. */
	readonly redirectUri: string;
	readonly state: string;
	readonly scopes: readonly string[];
	/** Ask again for what was declined before. */
	readonly rerequest: boolean;
};

/** Where the seller's browser goes to grant access (PLATFORMS 1.2). */
export function authorizeUrl(settings: MetaSettings, login: LoginRequest): string {
	const url = new URL(`${settings.bases.dialog}/${settings.graphVersion}/dialog/oauth`);
	const configured = settings.loginConfigId;
	url.search = new URLSearchParams({
		client_id: settings.appId,
		redirect_uri: login.redirectUri,
		state: login.state,
		response_type: 'code',
		...(configured === null ? { scope: login.scopes.join(',') } : { config_id: configured }),
		...(login.rerequest ? { auth_type: 'rerequest' } : {})
	}).toString();
	return url.href;
}

const accessToken = graphPath('oauth', 'access_token');

/**
 * Exchanges a code for a short-lived user token (PLATFORMS 1.3). The app's secret and the code stand
 * in the query: Meta documents a GET only.
 */
export async function exchangeCode(
	client: MetaClient,
	{ code, redirectUri }: { readonly code: string; readonly redirectUri: string }
): Promise<IssuedToken> {
	const { appId, appSecret } = client.settings;
	const query = { client_id: appId, redirect_uri: redirectUri, client_secret: appSecret, code };
	const answer = await client.request(
		{ path: accessToken, query },
		issuedToken(SHORT_LIVED_SECONDS)
	);
	return answer.data;
}

/** Exchanges a living user token for one of about 60 days. An expired one can't be (190/463). */
export async function longLivedToken(client: MetaClient, userToken: string): Promise<IssuedToken> {
	const { appId, appSecret } = client.settings;
	const query = {
		grant_type: 'fb_exchange_token',
		client_id: appId,
		client_secret: appSecret,
		fb_exchange_token: userToken
	};
	const answer = await client.request(
		{ path: accessToken, query },
		issuedToken(LONG_LIVED_SECONDS)
	);
	return answer.data;
}

/** A Facebook Page of the seller. */
export type PageAccess = {
	readonly id: string;
	readonly name: string;
	/** The Page's own token; null when the seller's role on the Page gives none. */
	readonly token: string | null;
	/** What the seller may do on the Page, e.g. `MODERATE`. */
	readonly tasks: readonly string[];
	/** The professional Instagram account of the Page; null when none is linked. */
	readonly instagram: { readonly id: string; readonly username: string | null } | null;
};

const pageEntry = z
	.object({
		id: metaId,
		name: z.string().default(''),
		access_token: tokenText.optional(),
		tasks: z.array(z.string()).default([]),
		instagram_business_account: z.object({ id: metaId, username: z.string().optional() }).optional()
	})
	.transform((page): PageAccess => {
		const { instagram_business_account: instagram } = page;
		return {
			id: page.id,
			name: page.name,
			token: page.access_token ?? null,
			tasks: page.tasks,
			instagram: instagram ? { id: instagram.id, username: instagram.username ?? null } : null
		};
	});

/** The Pages that a user token has access to, with their tokens, each Page once. */
export async function listPages(client: MetaClient, userToken: string): Promise<PageAccess[]> {
	const fields = 'id,name,access_token,tasks,instagram_business_account{id,username}';
	const request = { path: graphPath('me', 'accounts'), token: userToken, query: { fields } };
	const pages = await readList(client, request, pageEntry);
	return [...new Map(pages.map((page) => [page.id, page])).values()];
}

const profile = z.object({ id: metaId, name: z.string().default('') });

/** Whose token it is: the app-scoped id and the name. */
export async function me(
	client: MetaClient,
	token: string
): Promise<{ readonly id: string; readonly name: string }> {
	const request = { path: graphPath('me'), token, query: { fields: 'id,name' } };
	return (await client.request(request, profile)).data;
}

const permissionEntry = z.object({ permission: z.string(), status: z.string() });

/** The permissions that a user has granted to the app now (PLATFORMS 1.6), asked with the app's token. */
export async function grantedPermissions(client: MetaClient, userId: string): Promise<string[]> {
	const path = graphPath(userId, 'permissions');
	const entries = await readList(client, { path, token: client.appToken() }, permissionEntry);
	return entries.flatMap(({ permission, status }) => (status === 'granted' ? [permission] : []));
}

/** Older versions answer with a bare `true` (PLATFORMS 1.6). */
const success = z.union([z.literal(true), z.object({ success: z.literal(true) })]);

/** Takes one permission back from the app, or all of them, with the app's token (PLATFORMS 1.6). */
export async function revoke(
	client: MetaClient,
	userId: string,
	permission?: string
): Promise<void> {
	const path = graphPath(userId, 'permissions', ...(permission ? [permission] : []));
	await client.request({ method: 'DELETE', path, token: client.appToken() }, success);
}
