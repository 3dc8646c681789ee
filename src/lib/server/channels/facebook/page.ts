import { z } from 'zod';
import type { MetaClient, MetaHost } from '../meta/client.ts';
import { graphPath } from '../meta/client.ts';
import { platformId } from '../platform-comment.ts';

/** How a Page is reached: with its own token, never the user's. */
export type PageAccess = {
	readonly pageId: string;
	readonly token: string;
	readonly signal?: AbortSignal;
};

/** A Page, or an Instagram account with a login of its own: both send webhooks by the same calls. */
export type WebhookSource = {
	readonly host: MetaHost;
	readonly id: string;
	readonly token: string;
	/** Our app's ids, one of which this host knows it by. */
	readonly appIds: readonly string[];
	readonly fields: readonly string[];
	readonly signal?: AbortSignal;
};

const success = z.union([z.literal(true), z.object({ success: z.literal(true) })]);
const subscribedApps = z.object({ data: z.array(z.unknown()) });
const subscribedApp = z.object({
	id: platformId.optional(),
	subscribed_fields: z.array(z.string()).optional().catch(undefined)
});

/**
 * Makes Meta send the Page's webhooks to our app: the fields of the settings, in place of those of an
 * earlier call (PLATFORMS 2.5). @throws MetaError
 */
export function subscribePage(client: MetaClient, access: PageAccess): Promise<void> {
	return subscribe(client, pageSource(client, access));
}

/** Stops the Page's webhooks to our app, those of an Instagram account behind it too. @throws MetaError */
export function unsubscribePage(client: MetaClient, access: PageAccess): Promise<void> {
	return unsubscribe(client, pageSource(client, access));
}

/** Whether the Page sends our app every field of the settings. @throws MetaError */
export function isPageSubscribed(client: MetaClient, access: PageAccess): Promise<boolean> {
	return isSubscribed(client, pageSource(client, access));
}

/** As `subscribePage`, for any source. */
export async function subscribe(client: MetaClient, source: WebhookSource): Promise<void> {
	const query = { subscribed_fields: source.fields.join(',') };
	await client.request({ ...edgeOf(source), method: 'POST', query }, success);
}

/** As `unsubscribePage`, for any source. */
export async function unsubscribe(client: MetaClient, source: WebhookSource): Promise<void> {
	await client.request({ ...edgeOf(source), method: 'DELETE' }, success);
}

/**
 * As `isPageSubscribed`, for any source. The answer's shape is unverified: an entry without an id counts
 * as ours, and one that lists no fields as having all.
 */
export async function isSubscribed(client: MetaClient, source: WebhookSource): Promise<boolean> {
	const { data } = await client.request(edgeOf(source), subscribedApps);
	const own = data.data
		.map((row) => subscribedApp.safeParse(row).data)
		.filter((app) => app !== undefined)
		.find(({ id }) => id === undefined || source.appIds.includes(id));
	if (own === undefined) return false;
	const has = own.subscribed_fields;
	return has === undefined || source.fields.every((field) => has.includes(field));
}

function edgeOf(source: WebhookSource) {
	const { host, id, token, signal } = source;
	return { host, path: graphPath(id, 'subscribed_apps'), token, signal };
}

function pageSource({ settings }: MetaClient, access: PageAccess): WebhookSource {
	const { pageId, token, signal } = access;
	const { appId, pageSubscribedFields } = settings;
	return {
		host: 'graph',
		id: pageId,
		token,
		appIds: [appId],
		fields: pageSubscribedFields,
		signal
	};
}
