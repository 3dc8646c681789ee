import { z } from 'zod';
import { appSecretProof } from './http/signature.ts';
import type { FakeMeta } from './server.ts';
import type { FakePerson } from './world/page.ts';

/** Permissions that the product asks for (PLATFORMS 1.5). */
export const SCOPES = [
	'pages_show_list',
	'pages_read_engagement',
	'pages_read_user_content',
	'pages_manage_metadata',
	'instagram_basic',
	'instagram_manage_comments'
];
export const REDIRECT_URI = 'http://127.0.0.1:3999/connections/callback';

const replySchema = z.looseObject({});
export type GraphReply = {
	readonly status: number;
	readonly headers: Headers;
	readonly body: z.output<typeof replySchema>;
};

/** An answer of the Graph API. @throws when it is no JSON object */
export async function readReply(response: Response): Promise<GraphReply> {
	const body = replySchema.parse(await response.json());
	return { status: response.status, headers: response.headers, body };
}

const errorSchema = z.object({
	error: z.object({
		code: z.number(),
		error_subcode: z.number().optional(),
		message: z.string(),
		type: z.string(),
		is_transient: z.boolean().optional()
	})
});

/** Code and subcode of an error reply, as `190/463`; `200 OK` for one that is none. */
export function codeOf({ body, status }: GraphReply): string {
	const parsed = errorSchema.safeParse(body);
	if (!parsed.success) return `${status} OK`;
	const { code, error_subcode: subcode } = parsed.data.error;
	return subcode === undefined ? String(code) : `${code}/${subcode}`;
}

const listSchema = z.object({ data: z.array(z.looseObject({ id: z.string() })) });

/** The entries of a list reply. */
export function dataOf({ body }: GraphReply): z.output<typeof listSchema>['data'] {
	return listSchema.parse(body).data;
}

const pagingSchema = z.object({
	paging: z.object({
		cursors: z.object({ before: z.string(), after: z.string() }),
		next: z.string().optional(),
		previous: z.string().optional()
	})
});

/** How a list reply speaks of its place. @throws when it does not */
export function pagingOf({ body }: GraphReply): z.output<typeof pagingSchema>['paging'] {
	return pagingSchema.parse(body).paging;
}

/** Calls `{base}/v25.0/{path}` as a careful client does: token in the header, proof in the query. */
export async function graph(
	fake: FakeMeta,
	path: string,
	options: {
		readonly token?: string;
		readonly method?: string;
		readonly base?: 'META_GRAPH_BASE' | 'IG_GRAPH_BASE';
		readonly query?: Readonly<Record<string, string>>;
	} = {}
): Promise<GraphReply> {
	const base = options.base ?? 'META_GRAPH_BASE';
	const url = new URL(`${fake.env[base]}/v25.0/${path}`);
	for (const [name, value] of Object.entries(options.query ?? {})) {
		url.searchParams.set(name, value);
	}
	const { token } = options;
	if (token && base === 'META_GRAPH_BASE') {
		const secret = fake.env['META_APP_SECRET'] ?? '';
		url.searchParams.set('appsecret_proof', appSecretProof(secret, token));
	}
	const response = await fetch(url, {
		method: options.method ?? 'GET',
		headers: token ? { authorization: `Bearer ${token}` } : {},
		redirect: 'manual'
	});
	return readReply(response);
}

/** The address of the Facebook dialog. */
export function dialogUrl(fake: FakeMeta, changes: Readonly<Record<string, string>> = {}): URL {
	const url = new URL(`${fake.env['META_DIALOG_BASE']}/v25.0/dialog/oauth`);
	const params = {
		client_id: fake.env['META_APP_ID'] ?? '',
		redirect_uri: REDIRECT_URI,
		state: 'state-1',
		response_type: 'code',
		scope: SCOPES.join(','),
		...changes
	};
	for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
	return url;
}

/** Where a dialog that answers at once sends people. */
export async function answerOf(url: URL): Promise<URL> {
	const response = await fetch(url, { redirect: 'manual' });
	return new URL(response.headers.get('location') ?? 'http://nowhere/');
}

const tokenSchema = z.object({ access_token: z.string() });

/** A code for a token, or a token for a long-lived one. */
export function exchange(
	fake: FakeMeta,
	query: Readonly<Record<string, string>>
): Promise<GraphReply> {
	return graph(fake, 'oauth/access_token', {
		query: {
			client_id: fake.env['META_APP_ID'] ?? '',
			client_secret: fake.env['META_APP_SECRET'] ?? '',
			...query
		}
	});
}

/** The token in a reply. @throws when there is none */
export function tokenOf({ body }: GraphReply): string {
	return tokenSchema.parse(body).access_token;
}

/** Connects as the product does: dialog, code, long-lived token. The dialog must be in mode `grant`. */
export async function connect(fake: FakeMeta, person: FakePerson): Promise<string> {
	const answer = await answerOf(dialogUrl(fake, { as: person.id }));
	const code = answer.searchParams.get('code') ?? '';
	const short = tokenOf(await exchange(fake, { code, redirect_uri: REDIRECT_URI }));
	const long = { grant_type: 'fb_exchange_token', fb_exchange_token: short };
	return tokenOf(await exchange(fake, long));
}

/** The token of a person's page. */
export async function pageTokenOf(
	fake: FakeMeta,
	userToken: string,
	pageId: string
): Promise<string> {
	return tokenOf(
		await graph(fake, pageId, { token: userToken, query: { fields: 'access_token' } })
	);
}

/** A fake with one seller, one page with an Instagram account, and the tokens for them. */
export async function connectedShop(fake: FakeMeta) {
	fake.knobs.set({ dialog: { mode: 'grant' } });
	const person = fake.addPerson({ name: 'Tilda Ashgrove' });
	const page = fake.addPage(person, {
		name: 'Ashgrove Finds',
		instagram: { username: 'ashgrove.finds' }
	});
	const { instagram } = page;
	if (!instagram) throw new Error('the page has no account');
	const userToken = await connect(fake, person);
	const pageToken = await pageTokenOf(fake, userToken, page.id);
	return { person, page, instagram, userToken, pageToken };
}
