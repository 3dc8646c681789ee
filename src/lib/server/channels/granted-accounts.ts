import { z } from 'zod';
import * as instagram from './instagram/login.ts';
import type { MetaClient } from './meta/client.ts';
import * as facebook from './meta/oauth.ts';
import { missingPermissions, scopesFor } from './meta/permissions.ts';
import type { PermissionCheck } from './meta/permissions.ts';

const accountSchema = z.object({
	platform: z.enum(['facebook', 'instagram']),
	accountId: z.string(),
	alternateId: z.string().nullable(),
	name: z.string(),
	pageId: z.string().nullable(),
	/** Null: the person's role gives no access to this page. */
	token: z.string().nullable(),
	missing: z.array(
		z.object({
			permission: z.string(),
			need: z.enum(['required', 'webhook']),
			why: z.string()
		})
	)
});

/** What a person granted: their accounts with tokens. Kept sealed until the seller has chosen. */
export const grantedSchema = z.object({
	login: z.enum(['facebook', 'instagram']),
	grantorId: z.string(),
	/** The person's own token; Instagram Login has none besides the account's. */
	userToken: z.string().nullable(),
	/** Epoch ms; when the account's token ends, null for the tokens of pages, which have no end. */
	tokenExpiresAt: z.number().nullable(),
	dataAccessExpiresAt: z.number().nullable(),
	accounts: z.array(accountSchema),
	/** Names of pages without a professional Instagram account (PLATFORMS 1.3). */
	pagesWithoutInstagram: z.array(z.string())
});

export type GrantedAccounts = z.output<typeof grantedSchema>;
export type GrantedAccount = z.output<typeof accountSchema>;

type Exchange = { readonly code: string; readonly redirectUri: string };

/** Exchanges a code of Facebook Login and lists the person's pages and their accounts. Throws `MetaError`. */
export async function grantedByFacebook(
	client: MetaClient,
	exchange: Exchange
): Promise<GrantedAccounts> {
	const short = await facebook.exchangeCode(client, exchange);
	const { token: userToken } = await facebook.longLivedToken(client, short.token);
	const person = await facebook.me(client, userToken);
	const facts = await facebook.debugToken(client, userToken);
	const check = (platform: 'facebook' | 'instagram', assetIds: readonly string[]) =>
		missingPermissions({
			platform,
			login: 'facebook',
			granted: facts.scopes,
			granularScopes: facts.granularScopes,
			assetIds
		} satisfies PermissionCheck);
	const pages = await facebook.listPages(client, userToken);
	const accounts = pages.flatMap(({ id, name, token, instagram: linked }): GrantedAccount[] => {
		const page: GrantedAccount = {
			platform: 'facebook',
			accountId: id,
			alternateId: null,
			name,
			pageId: id,
			token,
			missing: check('facebook', [id])
		};
		if (!linked) return [page];
		return [
			page,
			{
				platform: 'instagram',
				accountId: linked.id,
				alternateId: null,
				name: linked.username ?? name,
				pageId: id,
				token,
				missing: check('instagram', [id, linked.id])
			}
		];
	});
	return {
		login: 'facebook',
		grantorId: person.id,
		userToken,
		tokenExpiresAt: null,
		dataAccessExpiresAt: facts.dataAccessExpiresAt?.getTime() ?? null,
		accounts,
		pagesWithoutInstagram: pages.filter((page) => page.instagram === null).map((page) => page.name)
	};
}

/** Exchanges a code of Instagram Login: one account, with a token of 60 days. Throws `MetaError`. */
export async function grantedByInstagram(
	client: MetaClient,
	exchange: Exchange
): Promise<GrantedAccounts> {
	const grant = await instagram.exchangeCode(client, exchange);
	const { token, expiresAt } = await instagram.longLivedToken(client, grant.token);
	const profile = await instagram.me(client, token);
	// Instagram does not always say what was granted; then the first call tells.
	const granted =
		grant.permissions.length > 0 ? grant.permissions : scopesFor('instagram', ['instagram']);
	return {
		login: 'instagram',
		grantorId: grant.userId,
		userToken: null,
		tokenExpiresAt: expiresAt.getTime(),
		dataAccessExpiresAt: null,
		accounts: [
			{
				platform: 'instagram',
				accountId: profile.userId,
				alternateId: profile.appScopedId,
				name: profile.username ?? profile.userId,
				pageId: null,
				token,
				missing: missingPermissions({
					platform: 'instagram',
					login: 'instagram',
					granted,
					granularScopes: [],
					assetIds: [profile.userId]
				})
			}
		],
		pagesWithoutInstagram: []
	};
}
