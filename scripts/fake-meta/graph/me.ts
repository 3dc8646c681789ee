import type { Call, Reply } from '../http/call.ts';
import { badParameter, GraphError, noSuchObject } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import { allows } from '../world/grant.ts';
import type { FakePage, FakePerson } from '../world/page.ts';
import { requireAppOrCaller, requireCaller } from './access.ts';
import type { Caller } from './access.ts';
import { fieldsOf, project } from './fields.ts';
import { pageNode } from './page-node.ts';
import { paginate } from './paging.ts';

/** `GET /me`: the person, or the page whose token it is. */
export function readMe(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	const tree = fieldsOf(call.query.get('fields'));
	const shape = { tree, defaults: ['name'] };
	if (caller.page) {
		return { json: project(pageNode(parts, caller.page, caller), 'Page', shape) };
	}
	return { json: project({ id: caller.person.id, name: caller.person.name }, 'User', shape) };
}

/** Pages that the person has a role on and ticked in the dialog. */
function grantedPages(parts: Parts, person: FakePerson): FakePage[] {
	// Without the permission Meta lists nothing rather than refusing [from memory, unverified].
	if (!allows(person.grant, 'pages_show_list')) return [];
	return parts.world.pagesOf(person).filter(({ id }) => person.grant?.pageIds.has(id));
}

/** `GET /{user}/accounts` (PLATFORMS 1.3). */
export function readAccounts(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	requireSelf(caller, call);
	const { pageSize } = parts.knobs.values.graph;
	const pages = grantedPages(parts, caller.person);
	const page = paginate(parts, call, pages, { defaultLimit: pageSize, maxLimit: pageSize });
	const tree = fieldsOf(call.query.get('fields'));
	const defaults = ['access_token', 'category', 'category_list', 'name', 'tasks'];
	const data = page.entries.map((entry) =>
		project(pageNode(parts, entry, caller), 'Page', { tree, defaults })
	);
	return { json: { data, ...(page.paging ? { paging: page.paging } : {}) } };
}

/** `me`, or the caller's own id. */
function requireSelf(caller: Caller, call: Call): void {
	const [id = ''] = call.path;
	if (caller.page) throw new GraphError(100, '(#100) Tried accessing nonexisting field (accounts)');
	if (id !== 'me' && id !== caller.person.id) throw noSuchObject(call.method, id);
}

/** Whose permissions a call is about. The app's own token may name anybody. */
function personOf(parts: Parts, call: Call): FakePerson {
	const caller = requireAppOrCaller(parts, call);
	const [id = ''] = call.path;
	if (caller !== 'app') {
		requireSelf(caller, call);
		return caller.person;
	}
	const person = parts.world.people.get(id);
	if (!person) throw noSuchObject(call.method, id);
	return person;
}

/** `GET /{user}/permissions` (PLATFORMS 1.6). */
export function readPermissions(parts: Parts, call: Call): Reply {
	const { grant } = personOf(parts, call);
	const data = [...(grant?.scopes ?? [])].map(([permission, status]) => ({ permission, status }));
	return { json: { data } };
}

/** `DELETE /{user}/permissions[/{name}]`: one permission, or the whole app (PLATFORMS 1.6). */
export function revokePermissions(parts: Parts, call: Call): Reply {
	const person = personOf(parts, call);
	const permission = call.path[2] ?? call.query.get('permission');
	if (permission === null) {
		revokeApp(parts, person);
	} else if (person.grant?.scopes.has(permission)) {
		person.grant.scopes.set(permission, 'declined');
	} else throw badParameter(`(#100) Invalid permission name: ${permission}`);
	return { json: { success: true } };
}

/** The person takes the app away: their tokens die with 190/458, notifications of their pages end. */
export function revokeApp(parts: Parts, person: FakePerson): number {
	person.grant = null;
	for (const page of parts.world.pagesOf(person)) page.subscribedFields.clear();
	return parts.tokens.kill(
		'app_not_authorized',
		({ kind, ownerId }) => kind !== 'instagram' && ownerId === person.id
	);
}
