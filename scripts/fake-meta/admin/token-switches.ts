import { z } from 'zod';
import { revokeApp } from '../graph/me.ts';
import type { Death } from '../oauth/tokens.ts';
import type { Parts } from '../parts.ts';
import type { Grant } from '../world/grant.ts';
import { defineSwitch } from './define-switch.ts';
import { find } from './world-switches.ts';

const id = z.string().min(1);

/** Kills the tokens that a person or an account of Instagram Login holds, or those for a page. */
function killTokensOf(parts: Parts, of: string, death: Death): { killed: number } {
	const { people, pages, instagramAccounts } = parts.world;
	if (!people.has(of) && !pages.has(of) && !instagramAccounts.has(of)) {
		throw new Error(`there is no person, page or account ${of}`);
	}
	const killed = parts.tokens.kill(death, ({ ownerId, pageId }) => ownerId === of || pageId === of);
	return { killed };
}

function grantOf({ world }: Parts, of: string): Grant {
	const holder = world.people.get(of) ?? find(world.instagramAccounts, of, 'person or account');
	if (!holder.grant) throw new Error(`${of} has not allowed the app anything`);
	return holder.grant;
}

/** `of`: a person (their page tokens too), a page (only its tokens), or an account of Instagram Login. */
const ofSchema = z.strictObject({ of: id });

/** What takes access away. Connecting again gives new, living tokens. */
export const tokenSwitches = {
	expireToken: defineSwitch('190/463 from now on.', ofSchema, (parts, { of }) =>
		killTokensOf(parts, of, 'expired')
	),
	passwordChange: defineSwitch('190/460 from now on.', ofSchema, (parts, { of }) =>
		killTokensOf(parts, of, 'password_changed')
	),
	checkpoint: defineSwitch('190/459 from now on.', ofSchema, (parts, { of }) =>
		killTokensOf(parts, of, 'checkpoint')
	),
	logOut: defineSwitch('190/467 from now on.', ofSchema, (parts, { of }) =>
		killTokensOf(parts, of, 'invalid')
	),
	revokeApp: defineSwitch(
		'Somebody takes the app away: 190/458, permissions and subscriptions gone.',
		ofSchema,
		(parts, { of }) => {
			const person = parts.world.people.get(of);
			if (person) return { killed: revokeApp(parts, person) };
			const account = find(parts.world.instagramAccounts, of, 'person or account');
			account.grant = null;
			account.subscribedFields.clear();
			return killTokensOf(parts, of, 'app_not_authorized');
		}
	),
	loseRole: defineSwitch(
		'A person loses the role on a page: 190/492 for their token of it, and it is listed no more.',
		z.strictObject({ person: id, page: id }),
		({ world, tokens }, { person, page }) => {
			find(world.pages, page, 'page').roles.delete(person);
			const killed = tokens.kill(
				'role_lost',
				({ ownerId, pageId }) => ownerId === person && pageId === page
			);
			return { killed };
		}
	),
	removePermission: defineSwitch(
		'A permission is taken back: code 200 under HTTP 403 where it is needed; tokens live on.',
		z.strictObject({ of: id, permission: z.string() }),
		(parts, { of, permission }) => {
			grantOf(parts, of).scopes.set(permission, 'declined');
			return {};
		}
	),
	grantPermission: defineSwitch(
		'A permission is given back without a dialog.',
		z.strictObject({ of: id, permission: z.string() }),
		(parts, { of, permission }) => {
			grantOf(parts, of).scopes.set(permission, 'granted');
			return {};
		}
	)
} as const;
