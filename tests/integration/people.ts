import { sql } from 'kysely';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import type { TestContext } from './harness.ts';

export const PASSWORD = 'correct horse';

/** People of the tests, each from an address of their own, so that no limit stands between them. */
export type People = {
	/** Somebody new, who owns a workspace of their own. */
	owner(name: string): Promise<Member>;
	/** Somebody new, who joins by a link that `inviter` makes. */
	colleague(inviter: Member, role: 'operator' | 'viewer', name: string): Promise<Member>;
	/** The API as the member uses it, signed out for null. */
	api(member: Member | null): Api;
	/** The member as their session says they are now. */
	now(member: Member): Promise<Member | null>;
	/** An address that no limit knows yet. */
	address(): string;
};

export function createPeople(app: TestContext): People {
	let addresses = 0;
	const address = (): string => `198.51.${Math.floor(++addresses / 250)}.${addresses % 250}`;
	const api = (member: Member | null): Api =>
		createCaller(app, member, { clientAddress: address() });
	const person = (name: string) => ({ email: emailOf(name), password: PASSWORD, name });
	return {
		address,
		api,
		now: (member) => app.auth.validateSession(member.sessionId),
		owner: (name) =>
			app.auth.register(
				{ ...person(name), workspaceName: `${name}’s shop` },
				{ address: address() }
			),
		async colleague(inviter, role, name) {
			const { token } = await api(inviter).members.invite({ role });
			return await app.auth.invitations.acceptAsNew(token, person(name), address());
		}
	};
}

/** Takes every e-mail address out of use, so that a test that is tried again finds its own free. */
export async function freeAddresses({ db }: Pick<TestContext, 'db'>): Promise<void> {
	await db
		.updateTable('users')
		.set({ email: sql<string>`id::text || '@former.example'` })
		.execute();
}

export function emailOf(name: string): string {
	return `${name.toLowerCase()}@example.com`;
}

/** The code of the refusal, null when the call was answered. Faults of ours are thrown on. */
export async function refusalOf(call: Promise<unknown>): Promise<string | null> {
	try {
		await call;
		return null;
	} catch (error) {
		const refusal = findAppError(error);
		if (!refusal) throw error;
		return refusal.code;
	}
}
