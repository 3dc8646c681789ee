import type { Call, Reply } from '../http/call.ts';
import type { Parts } from '../parts.ts';
import type { FakeInstagramAccount } from '../world/instagram-account.ts';
import { INSTAGRAM_PERMISSIONS } from './app.ts';
import { answerUrl, denialUrl, DialogError, readAuthorizeRequest } from './authorize-request.ts';
import type { AuthorizeRequest } from './authorize-request.ts';
import { dialogPage } from './dialog-page.ts';

function readRequest(parts: Parts, call: Call): AuthorizeRequest {
	return readAuthorizeRequest(parts.app, call, {
		clientId: parts.app.instagramAppId,
		extraParams: ['force_authentication', 'enable_fb_login', 'force_reauth'],
		permissions: INSTAGRAM_PERMISSIONS
	});
}

/** `GET /ig/oauth/authorize`, Instagram Login (PLATFORMS 1.10). @throws DialogError */
export function showInstagramDialog(parts: Parts, call: Call): Reply {
	const request = readRequest(parts, call);
	const account = whoIsThere(parts, call);
	const { mode, declined } = parts.knobs.values.dialog;
	switch (mode) {
		case 'page':
			return { html: instagramDialogHtml(parts, call, { request, account }) };
		case 'deny':
			return { redirect: denialUrl(request) };
		case 'grant':
			return { redirect: accept(parts, { request, account }, request.scopes) };
		case 'partial': {
			const scopes = request.scopes.filter((scope) => !declined.includes(scope));
			return { redirect: accept(parts, { request, account }, scopes) };
		}
		case 'tamperState': {
			const tampered = { ...request, state: `${request.state}x` };
			return { redirect: accept(parts, { request: tampered, account }, request.scopes) };
		}
	}
}

/** The dialog's form comes back. @throws DialogError */
export function answerInstagramDialog(parts: Parts, call: Call): Reply {
	const request = readRequest(parts, call);
	if (call.form.get('decision') !== 'continue') return { redirect: denialUrl(request) };
	const account = whoIsThere(parts, call);
	return { redirect: accept(parts, { request, account }, call.form.getAll('permission')) };
}

/** Accounts that belong to no page sign in here; the others may too, as in real life. */
function whoIsThere(parts: Parts, call: Call): FakeInstagramAccount {
	const accounts = [...parts.world.instagramAccounts.values()];
	const wanted = call.param('as') ?? parts.knobs.values.dialog.as;
	const account =
		accounts.find(({ id }) => id === wanted) ??
		accounts.find(({ page }) => page === null) ??
		accounts[0];
	if (!account) throw new DialogError('Nobody is logged in to Instagram: add an account first.');
	return account;
}

function instagramDialogHtml(
	parts: Parts,
	call: Call,
	{ request, account }: { request: AuthorizeRequest; account: FakeInstagramAccount }
): string {
	const named = ({ id, username }: FakeInstagramAccount) => ({ id, name: `@${username}` });
	const others = [...parts.world.instagramAccounts.values()].filter((other) => other !== account);
	return dialogPage({
		product: 'Instagram',
		action: `/ig/oauth/authorize/answer?${call.query}`,
		as: named(account),
		others: others.map(named),
		address: new URL(call.request.url ?? '/', parts.origin()),
		permissions: request.scopes.map((scope) => ({
			value: scope,
			label: INSTAGRAM_PERMISSIONS[scope] ?? scope,
			hint: scope
		})),
		pages: [],
		isAllOrNothing: false
	});
}

function accept(
	parts: Parts,
	{ request, account }: { request: AuthorizeRequest; account: FakeInstagramAccount },
	granted: readonly string[]
): string {
	const scopes = new Map(account.grant?.scopes);
	for (const scope of request.scopes) {
		scopes.set(scope, granted.includes(scope) ? 'granted' : 'declined');
	}
	account.grant = {
		scopes,
		pageIds: new Set(),
		instagramIds: new Set([account.id]),
		loggedInAt: parts.clock.now()
	};
	const code = parts.codes.issue({
		clientId: parts.app.instagramAppId,
		redirectUri: request.redirectUri,
		ownerId: account.id
	});
	// The ending is no part of the code: whoever does not strip it can’t exchange it (PLATFORMS 1.10).
	return answerUrl(request, { code: `${code}#_`, state: request.state });
}
