import { z } from 'zod';
import { flag, setting } from './setting.ts';

/** What the deployment knows of its Meta app (PLATFORMS 1). Everything that is unverified can be set. */
export type MetaSettings = {
	readonly appId: string;
	readonly appSecret: string;
	/** Meta sends it back when it checks the address of our webhook (PLATFORMS 3.2). */
	readonly verifyToken: string;
	/** Every secret that may sign webhooks: the app's, the Instagram app's, old ones while they change. */
	readonly webhookSecrets: readonly string[];
	/** E.g. `v25.0`. */
	readonly graphVersion: string;
	/** Configuration of Login for Business; it takes the place of the scopes [unverified]. */
	readonly loginConfigId: string | null;
	/** Instagram Login has an app id and a secret of its own. Null: it is not offered. */
	readonly instagram: {
		readonly appId: string;
		readonly appSecret: string;
		/** Whether graph.instagram.com is sent `appsecret_proof` [unverified]. */
		readonly sendProof: boolean;
	} | null;
	/** Where Meta is: https, or a loopback address. May carry a path; never ends with a slash. */
	readonly bases: {
		readonly dialog: string;
		readonly graph: string;
		readonly streaming: string;
		readonly instagramGraph: string;
		readonly instagramToken: string;
		readonly instagramAuthorize: string;
	};
	/** Webhook fields that a Page is subscribed to [unverified]. */
	readonly pageSubscribedFields: readonly string[];
	readonly instagramSubscribedFields: readonly string[];
	/** Where the token of an event stream goes. Only the query is documented (PLATFORMS 2.4). */
	readonly streamTokenIn: 'query' | 'header';
	readonly streamRate: string;
	/** Milliseconds between two polls of a live whose comments flow, and of a quiet one. */
	readonly pollMs: { readonly active: number; readonly quiet: number };
	/** How long comments are held so that they can be fed in the order they were written, in ms. */
	readonly orderWindowMs: number;
};

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const opaqueId = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/);
const secret = z
	.string()
	.regex(/^[\x21-\x7e]{8,}$/, 'must be at least 8 characters without spaces');

const secretList = z
	.string()
	.regex(
		/^[\x21-\x2b\x2d-\x7e]{8,}(,[\x21-\x2b\x2d-\x7e]{8,})*$/,
		'must be secrets of at least 8 characters, separated by commas'
	)
	.transform((text) => text.split(','));

function isUsableBase(text: string): boolean {
	const { protocol, hostname, username, password, search, hash } = new URL(text);
	if (username || password || search || hash) return false;
	return protocol === 'https:' || LOOPBACK.test(hostname);
}

function base(fallback: string) {
	const url = z.url({ protocol: /^https?$/, abort: true });
	const usable = url.refine(isUsableBase, {
		error: 'must be https (or a loopback address), without a user, a query or a fragment'
	});
	return setting(usable.default(fallback)).transform((text) => text.replace(/\/+$/, ''));
}

function commaList(fallback: string) {
	return setting(
		z
			.string()
			.regex(/^[a-z_]+(,[a-z_]+)*$/, 'must be names separated by commas')
			.default(fallback)
	).transform((text) => text.split(','));
}

const pollInterval = z.coerce.number().int().min(100).max(3_600_000);

/** The variables, to be spread into the schema of the environment. */
export const metaVariables = {
	META_APP_ID: setting(opaqueId.optional()),
	META_APP_SECRET: setting(secret.optional()),
	META_VERIFY_TOKEN: setting(secret.optional()),
	META_WEBHOOK_SECRETS: setting(secretList.optional()),
	META_GRAPH_VERSION: setting(
		z
			.string()
			.regex(/^v\d{1,3}\.\d{1,2}$/)
			.default('v25.0')
	),
	META_LOGIN_CONFIG_ID: setting(opaqueId.optional()),
	INSTAGRAM_APP_ID: setting(opaqueId.optional()),
	INSTAGRAM_APP_SECRET: setting(secret.optional()),
	INSTAGRAM_SEND_PROOF: setting(flag.default(true)),
	META_DIALOG_BASE: base('https://www.facebook.com'),
	META_GRAPH_BASE: base('https://graph.facebook.com'),
	META_STREAMING_BASE: base('https://streaming-graph.facebook.com'),
	IG_GRAPH_BASE: base('https://graph.instagram.com'),
	IG_OAUTH_TOKEN_BASE: base('https://api.instagram.com'),
	IG_AUTHORIZE_BASE: base('https://www.instagram.com'),
	META_PAGE_FIELDS: commaList('feed,live_videos'),
	META_INSTAGRAM_FIELDS: commaList('comments,live_comments'),
	META_STREAM_TOKEN: setting(z.enum(['query', 'header']).default('query')),
	META_STREAM_RATE: setting(
		z
			.enum(['one_per_two_seconds', 'ten_per_second', 'one_hundred_per_second'])
			.default('one_hundred_per_second')
	),
	FACEBOOK_POLL_ACTIVE_MS: setting(pollInterval.default(2_000)),
	FACEBOOK_POLL_QUIET_MS: setting(pollInterval.default(5_000)),
	COMMENT_ORDER_WINDOW_MS: setting(z.coerce.number().int().min(0).max(60_000).default(1_000))
};

type MetaValues = z.output<z.ZodObject<typeof metaVariables>>;

/** In production a poll more often than this can't be afforded by any Page (PLATFORMS 1.9). */
const MIN_PRODUCTION_POLL_MS = 1_000;

/** Variables that ask for another one, by the one that is there. */
const BELONG_TOGETHER = [
	['META_APP_ID', ['META_APP_SECRET', 'META_VERIFY_TOKEN', 'TOKEN_KEYS']],
	// An Instagram app is part of a Meta app; its webhooks need that one's verify token.
	['INSTAGRAM_APP_ID', ['INSTAGRAM_APP_SECRET', 'META_APP_ID', 'TOKEN_KEYS']]
] as const;

/** Faults that hang on more than one variable, as `NAME: what is wrong`. Never prints a value. */
export function metaFaults(env: Record<string, string | undefined>): string[] {
	const faults = new Set<string>();
	for (const [present, needed] of BELONG_TOGETHER) {
		if (!env[present]) continue;
		for (const name of needed) {
			if (!env[name]) faults.add(`${name}: must be set with ${present}`);
		}
	}
	if (env['NODE_ENV'] !== 'production') return [...faults];
	for (const name of ['FACEBOOK_POLL_ACTIVE_MS', 'FACEBOOK_POLL_QUIET_MS']) {
		if (env[name] && Number(env[name]) < MIN_PRODUCTION_POLL_MS) {
			faults.add(`${name}: must be at least ${MIN_PRODUCTION_POLL_MS} in production`);
		}
	}
	return [...faults];
}

/** The settings of the Meta app; null when this deployment has none. */
export function readMetaSettings(values: MetaValues): MetaSettings | null {
	const { META_APP_ID, META_APP_SECRET, META_VERIFY_TOKEN } = values;
	if (!META_APP_ID || !META_APP_SECRET || !META_VERIFY_TOKEN) return null;
	const { INSTAGRAM_APP_ID, INSTAGRAM_APP_SECRET } = values;
	const instagram =
		INSTAGRAM_APP_ID && INSTAGRAM_APP_SECRET
			? {
					appId: INSTAGRAM_APP_ID,
					appSecret: INSTAGRAM_APP_SECRET,
					sendProof: values.INSTAGRAM_SEND_PROOF
				}
			: null;
	const ownSecrets = [META_APP_SECRET, ...(instagram ? [instagram.appSecret] : [])];
	return {
		appId: META_APP_ID,
		appSecret: META_APP_SECRET,
		verifyToken: META_VERIFY_TOKEN,
		webhookSecrets: [...new Set([...ownSecrets, ...(values.META_WEBHOOK_SECRETS ?? [])])],
		graphVersion: values.META_GRAPH_VERSION,
		loginConfigId: values.META_LOGIN_CONFIG_ID ?? null,
		instagram,
		bases: {
			dialog: values.META_DIALOG_BASE,
			graph: values.META_GRAPH_BASE,
			streaming: values.META_STREAMING_BASE,
			instagramGraph: values.IG_GRAPH_BASE,
			instagramToken: values.IG_OAUTH_TOKEN_BASE,
			instagramAuthorize: values.IG_AUTHORIZE_BASE
		},
		pageSubscribedFields: values.META_PAGE_FIELDS,
		instagramSubscribedFields: values.META_INSTAGRAM_FIELDS,
		streamTokenIn: values.META_STREAM_TOKEN,
		streamRate: values.META_STREAM_RATE,
		pollMs: { active: values.FACEBOOK_POLL_ACTIVE_MS, quiet: values.FACEBOOK_POLL_QUIET_MS },
		orderWindowMs: values.COMMENT_ORDER_WINDOW_MS
	};
}
