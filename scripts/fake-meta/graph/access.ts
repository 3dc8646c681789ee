import { timingSafeEqual } from 'node:crypto';
import type { Call } from '../http/call.ts';
import { TOKEN_BELONGS_IN_URL } from '../http/calls.ts';
import { badParameter, GraphError, missingPermission, noSuchObject } from '../http/graph-error.ts';
import { appSecretProof } from '../http/signature.ts';
import { deathNotice } from '../oauth/tokens.ts';
import type { TokenRecord } from '../oauth/tokens.ts';
import type { Parts } from '../parts.ts';
import { allows } from '../world/grant.ts';
import type { FakeInstagramAccount } from '../world/instagram-account.ts';
import type { FakePage, FakePerson } from '../world/page.ts';

/** The call's token as text. @throws GraphError when there is none, or it is in the URL and must not be */
function readTokenText(parts: Parts, call: Call): string {
	const inUrl = call.query.get('access_token');
	const { forbidTokenInUrl } = parts.knobs.values.graph;
	if (inUrl !== null && forbidTokenInUrl && !TOKEN_BELONGS_IN_URL.has(call.endpoint)) {
		throw badParameter('(#100) The access token must not be in the URL (forbidTokenInUrl)');
	}
	const token = call.bearer ?? inUrl ?? call.form.get('access_token');
	if (token) return token;
	throw new GraphError(
		2500,
		'An active access token must be used to query information about the current user.'
	);
}

/** Checks `appsecret_proof`, which is only looked for in the query (PLATFORMS 1.7). */
function checkProof(
	call: Call,
	token: string,
	rule: { secret: string; isRequired: boolean }
): void {
	const proof = call.query.get('appsecret_proof');
	if (proof === null) {
		if (!rule.isRequired) return;
		throw badParameter('API calls from the server require an appsecret_proof argument');
	}
	const expected = Buffer.from(appSecretProof(rule.secret, token));
	const given = Buffer.from(proof);
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
		throw badParameter('Invalid appsecret_proof provided in the API argument');
	}
}

function tokenError(parts: Parts, message: string, subcode?: number): GraphError {
	return new GraphError(190, message, {
		status: parts.knobs.values.graph.tokenErrorStatus,
		...(subcode === undefined ? {} : { subcode })
	});
}

/** The living token of a known kind. @throws GraphError code 190 otherwise */
function livingToken(parts: Parts, text: string, isInstagram: boolean): TokenRecord {
	const token = parts.tokens.find(text);
	if (!token || (token.kind === 'instagram') !== isInstagram) {
		throw tokenError(parts, 'Invalid OAuth access token - Cannot parse access token');
	}
	const death = parts.tokens.deathOf(token);
	if (!death) return token;
	const { subcode, message } = deathNotice(death);
	throw tokenError(parts, message, subcode);
}

/** Whether the call comes with the app's own token, `{app id}|{app secret}`. */
export function isAppToken(parts: Parts, text: string | null): boolean {
	return text === `${parts.app.appId}|${parts.app.appSecret}`;
}

/** Somebody who calls the Graph API with a user's or a page's token. */
export type Caller = {
	readonly token: TokenRecord;
	readonly person: FakePerson;
	/** Set for a page's token. */
	readonly page: FakePage | null;
};

/** Who calls graph.facebook.com or the stream. @throws GraphError */
export function requireCaller(parts: Parts, call: Call): Caller {
	const text = readTokenText(parts, call);
	const token = livingToken(parts, text, false);
	const rule = { secret: parts.app.appSecret, isRequired: parts.knobs.values.graph.requireProof };
	checkProof(call, text, rule);
	const person = parts.world.people.get(token.ownerId);
	if (!person) throw tokenError(parts, 'The session is invalid.', 467);
	const page = token.pageId === null ? null : (parts.world.pages.get(token.pageId) ?? null);
	return { token, person, page };
}

/** The app itself, or whoever calls. @throws GraphError */
export function requireAppOrCaller(parts: Parts, call: Call): Caller | 'app' {
	const text = readTokenText(parts, call);
	if (!isAppToken(parts, text)) return requireCaller(parts, call);
	// A call of the app itself needs no proof, as it has the secret; a wrong one is refused.
	checkProof(call, text, { secret: parts.app.appSecret, isRequired: false });
	return 'app';
}

/** The account that calls graph.instagram.com. @throws GraphError */
export function requireInstagramCaller(parts: Parts, call: Call): FakeInstagramAccount {
	const text = readTokenText(parts, call);
	const token = livingToken(parts, text, true);
	checkProof(call, text, {
		secret: parts.app.instagramAppSecret,
		isRequired: parts.knobs.values.graph.requireInstagramProof
	});
	const account = parts.world.instagramAccounts.get(token.ownerId);
	if (!account) throw tokenError(parts, 'The session is invalid.', 467);
	return account;
}

/** @throws GraphError code 200 under 403 when one of `scopes` is not granted */
export function requirePermissions(
	holder: { readonly grant: FakePerson['grant'] },
	...scopes: readonly string[]
): void {
	if (!allows(holder.grant, ...scopes)) throw missingPermission();
}

/** The call's page token must be that of this page. @throws GraphError 100/33, 210 or 200 */
export function requirePageToken(caller: Caller, call: Call, page: FakePage): void {
	if (!caller.page) {
		throw new GraphError(210, '(#210) A page access token is required to request this resource.');
	}
	if (caller.page !== page) throw noSuchObject(call.method, page.id);
	if (!caller.person.grant?.pageIds.has(page.id)) throw missingPermission();
}

/** Whether this token may see the page at all: its own, or one that the person ticked and has a role on. */
export function canSeePage(caller: Caller, page: FakePage): boolean {
	if (caller.page) return caller.page === page;
	return page.roles.has(caller.person.id) && caller.person.grant?.pageIds.has(page.id) === true;
}
