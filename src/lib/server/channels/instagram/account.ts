import { z } from 'zod';
import type { MetaClient } from '../meta/client.ts';
import { graphPath } from '../meta/client.ts';
import { isSubscribed, subscribe, unsubscribe } from '../facebook/page.ts';
import type { WebhookSource } from '../facebook/page.ts';
import { platformId } from '../platform-comment.ts';

/**
 * How an Instagram account is reached: through the Page that it is linked to, with the Page's token
 * (Facebook Login), or with a token of its own (Instagram Login).
 */
export type InstagramAccess = (
	{ readonly login: 'facebook'; readonly pageId: string } | { readonly login: 'instagram' }
) & {
	/** The professional account's id, as webhooks name it in `entry.id`. */
	readonly accountId: string;
	readonly token: string;
	readonly signal?: AbortSignal;
};

export type InstagramAccount = {
	/** The professional account's id: `entry.id` of webhooks. */
	readonly accountId: string;
	/** Instagram Login's other id of the same account, which only our app knows (PLATFORMS 1.10). */
	readonly appScopedId: string | null;
	readonly username: string;
};

const optionalText = z.string().nullish().catch(null);
const linkedAccount = z.object({ id: platformId, username: optionalText });
const ownAccount = z.object({
	user_id: platformId,
	id: platformId.nullish().catch(null),
	username: optionalText
});

/**
 * Makes Meta send the account's webhooks to our app (PLATFORMS 3.1). Through a Page this is the Page's own
 * subscription, and nothing arrives without it. @throws MetaError
 */
export function subscribeAccount(client: MetaClient, access: InstagramAccess): Promise<void> {
	return subscribe(client, webhookSource(client, access));
}

/**
 * Stops the account's webhooks to our app. Through a Page it stops the Page's as well: not for the caller
 * whose Page is still connected. @throws MetaError
 */
export function unsubscribeAccount(client: MetaClient, access: InstagramAccess): Promise<void> {
	return unsubscribe(client, webhookSource(client, access));
}

/** Whether the account sends our app every field of the settings. @throws MetaError */
export function isAccountSubscribed(client: MetaClient, access: InstagramAccess): Promise<boolean> {
	return isSubscribed(client, webhookSource(client, access));
}

/** Reads the account's ids and name (PLATFORMS 1.10). @throws MetaError */
export async function lookUpAccount(
	client: MetaClient,
	access: InstagramAccess
): Promise<InstagramAccount> {
	const { token, signal } = access;
	if (access.login === 'facebook') {
		const path = graphPath(access.accountId);
		const query = { fields: 'id,username' };
		const { data } = await client.request({ path, token, query, signal }, linkedAccount);
		return { accountId: data.id, appScopedId: null, username: data.username ?? '' };
	}
	return lookUpOwnAccount(client, { token, signal });
}

/** The account that a token of Instagram Login belongs to (PLATFORMS 1.10). @throws MetaError */
export async function lookUpOwnAccount(
	client: MetaClient,
	access: { readonly token: string; readonly signal?: AbortSignal }
): Promise<InstagramAccount> {
	const { data } = await client.request(
		{
			host: 'instagramGraph',
			path: graphPath('me'),
			query: { fields: 'user_id,id,username' },
			...access
		},
		ownAccount
	);
	return { accountId: data.user_id, appScopedId: data.id ?? null, username: data.username ?? '' };
}

function webhookSource({ settings }: MetaClient, access: InstagramAccess): WebhookSource {
	const { token, signal } = access;
	if (access.login === 'facebook') {
		const { appId, pageSubscribedFields: fields } = settings;
		return { host: 'graph', id: access.pageId, token, appIds: [appId], fields, signal };
	}
	return {
		host: 'instagramGraph',
		id: access.accountId,
		token,
		// Which of the two it tells is unverified.
		appIds: [settings.appId, ...(settings.instagram ? [settings.instagram.appId] : [])],
		fields: settings.instagramSubscribedFields,
		signal
	};
}
