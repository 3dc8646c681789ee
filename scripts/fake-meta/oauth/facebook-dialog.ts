import type { Call, Reply } from '../http/call.ts';
import type { Parts } from '../parts.ts';
import type { FakePerson } from '../world/page.ts';
import { FACEBOOK_PERMISSIONS } from './app.ts';
import { answerUrl, denialUrl, DialogError, readAuthorizeRequest } from './authorize-request.ts';
import type { AuthorizeRequest } from './authorize-request.ts';
import { dialogPage } from './dialog-page.ts';

type Chosen = { readonly scopes: readonly string[]; readonly pageIds: readonly string[] };

function readRequest(parts: Parts, call: Call): AuthorizeRequest {
	return readAuthorizeRequest(parts.app, call, {
		clientId: parts.app.appId,
		extraParams: ['auth_type', 'config_id', 'display'],
		permissions: FACEBOOK_PERMISSIONS
	});
}

/** `GET /facebook/{v}/dialog/oauth` (PLATFORMS 1.2). @throws DialogError */
export function showFacebookDialog(parts: Parts, call: Call): Reply {
	const request = readRequest(parts, call);
	const person = whoIsThere(parts, call);
	const { mode, declined, pages } = parts.knobs.values.dialog;
	const all = parts.world.pagesOf(person).map(({ id }) => id);
	switch (mode) {
		case 'page':
			return { html: facebookDialogHtml(parts, call, { request, person }) };
		case 'deny':
			return { redirect: denialUrl(request) };
		case 'partial': {
			const chosen = {
				scopes: request.scopes.filter((scope) => !declined.includes(scope)),
				pageIds: pages ?? all
			};
			return { redirect: accept(parts, { request, person }, chosen) };
		}
		case 'grant':
			return {
				redirect: accept(parts, { request, person }, { scopes: request.scopes, pageIds: all })
			};
		case 'tamperState': {
			const tampered = { ...request, state: `${request.state}x` };
			const chosen = { scopes: request.scopes, pageIds: all };
			return { redirect: accept(parts, { request: tampered, person }, chosen) };
		}
	}
}

/** The dialog's form comes back. @throws DialogError */
export function answerFacebookDialog(parts: Parts, call: Call): Reply {
	const request = readRequest(parts, call);
	if (call.form.get('decision') !== 'continue') return { redirect: denialUrl(request) };
	const person = whoIsThere(parts, call);
	const chosen = { scopes: call.form.getAll('permission'), pageIds: call.form.getAll('page') };
	return { redirect: accept(parts, { request, person }, chosen) };
}

function whoIsThere(parts: Parts, call: Call): FakePerson {
	const { people } = parts.world;
	const wanted = call.param('as');
	const usual = people.get(parts.knobs.values.dialog.as ?? '') ?? people.values().next().value;
	const person = wanted === null ? usual : people.get(wanted);
	if (!person) throw new DialogError('Nobody is logged in to Facebook: add a person first.');
	return person;
}

/** What the dialog asks about: without `rerequest` not again for what was declined (PLATFORMS 1.2). */
function offered({ scopes, isRerequest }: AuthorizeRequest, { grant }: FakePerson): string[] {
	return scopes.filter((scope) => isRerequest || grant?.scopes.get(scope) !== 'declined');
}

function facebookDialogHtml(
	parts: Parts,
	call: Call,
	{ request, person }: { request: AuthorizeRequest; person: FakePerson }
): string {
	const scopes = offered(request, person);
	const isAboutPages = scopes.some((scope) => /^(pages|instagram)_/.test(scope));
	const pages = isAboutPages ? parts.world.pagesOf(person) : [];
	return dialogPage({
		product: 'Facebook',
		action: `/facebook/dialog/oauth/answer?${call.query}`,
		as: person,
		others: [...parts.world.people.values()].filter((other) => other !== person),
		address: new URL(call.request.url ?? '/', parts.origin()),
		permissions: scopes.map((scope) => ({
			value: scope,
			label: FACEBOOK_PERMISSIONS[scope] ?? scope,
			hint: scope
		})),
		pages: pages.map(({ id, name, instagram }) => ({
			value: id,
			label: name,
			hint: instagram ? `${id} · with @${instagram.username} on Instagram` : id
		})),
		isAllOrNothing: request.isAllOrNothing
	});
}

/** Notes the grant and makes the code. Returns where to send the person. */
function accept(
	parts: Parts,
	{ request, person }: { request: AuthorizeRequest; person: FakePerson },
	chosen: Chosen
): string {
	const asked = offered(request, person);
	if (request.isAllOrNothing && asked.some((scope) => !chosen.scopes.includes(scope))) {
		return denialUrl(request);
	}
	const scopes = new Map(person.grant?.scopes);
	scopes.set('public_profile', 'granted');
	for (const scope of asked) {
		scopes.set(scope, chosen.scopes.includes(scope) ? 'granted' : 'declined');
	}
	const pages = parts.world.pagesOf(person).filter(({ id }) => chosen.pageIds.includes(id));
	person.grant = {
		scopes,
		pageIds: new Set(pages.map(({ id }) => id)),
		instagramIds: new Set(pages.flatMap(({ instagram }) => (instagram ? [instagram.id] : []))),
		loggedInAt: parts.clock.now()
	};
	const code = parts.codes.issue({
		clientId: parts.app.appId,
		redirectUri: request.redirectUri,
		ownerId: person.id
	});
	// Browsers keep the fragment to themselves; it is there at Meta too.
	return `${answerUrl(request, { code, state: request.state })}#_=_`;
}
