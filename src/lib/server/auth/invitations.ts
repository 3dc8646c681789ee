import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { Db } from '../history/database.ts';
import type { PersonInput, SignInInput } from './input.ts';
import { hashInviteToken, isInviteToken } from './invite-token.ts';
import type { InviteRole } from './invites.ts';
import { actorOf } from './member.ts';
import type { Member } from './member.ts';
import { hashPassword } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import { checkCredentials, insertUser } from './users.ts';
import type { CredentialChecks } from './users.ts';

/** What somebody who holds a link learns before joining. */
export type Invitation = {
	readonly workspaceId: string;
	readonly workspaceName: string;
	readonly inviterName: string;
	readonly role: InviteRole;
	readonly expiresAt: Date;
};

/**
 * Keeps the workspace of an invitation as it is until the transaction ends. Whoever changes its members, or
 * deletes it, locks it before its invitations; in the other order each would wait for the other.
 */
async function keepWorkspace(tx: Db, token: string): Promise<void> {
	await tx
		.selectFrom('invites')
		.innerJoin('workspaces', 'workspaces.id', 'invites.workspace_id')
		.select('workspaces.id')
		.where('invites.token_hash', '=', hashInviteToken(token))
		.forKeyShare('workspaces')
		.execute();
}

/**
 * Uses an invitation up, in one transaction with what makes the user. Throws `INVITE_NOT_FOUND`, and
 * `ALREADY_MEMBER`, which leaves the link as it was. Returns the workspace's id.
 */
async function takeInvite(tx: Db, token: string, userId: string): Promise<string> {
	await keepWorkspace(tx, token);
	const invite = await tx
		.deleteFrom('invites')
		.where('token_hash', '=', hashInviteToken(token))
		.where('expires_at', '>', sql<Date>`now()`)
		.returning(['workspace_id', 'role', 'created_by'])
		.executeTakeFirst();
	if (!invite) throw new AppError('INVITE_NOT_FOUND');
	const { workspace_id: workspaceId, role } = invite;
	const joined = await tx
		.insertInto('members')
		.values({ id: randomUUID(), workspace_id: workspaceId, user_id: userId, role })
		.onConflict((conflict) => conflict.columns(['workspace_id', 'user_id']).doNothing())
		.returning('id')
		.executeTakeFirst();
	if (!joined) throw new AppError('ALREADY_MEMBER');
	await recordAudit(tx, {
		workspaceId,
		showId: null,
		actor: actorOf({ userId }),
		action: 'member.joined',
		target: actorOf({ userId }),
		details: {
			before: null,
			after: { role },
			invitedBy: actorOf({ userId: invite.created_by })
		}
	});
	return workspaceId;
}

/** Joining a workspace by a link. The link works once; making and withdrawing it is in invites.ts. */
export class Invitations {
	readonly #options: CredentialChecks & { readonly sessions: Sessions };

	constructor(options: CredentialChecks & { readonly sessions: Sessions }) {
		this.#options = options;
	}

	/** What a link is for. Throws `INVITE_NOT_FOUND`, `RATE_LIMITED` (details: `retryAfterSeconds`). */
	async find(token: string, address: string): Promise<Invitation> {
		const { db, limits } = this.#options;
		const attempt = await limits.countInviteToken(address);
		if (!isInviteToken(token)) throw new AppError('INVITE_NOT_FOUND');
		const invitation = await db
			.selectFrom('invites')
			.innerJoin('workspaces', 'workspaces.id', 'invites.workspace_id')
			.innerJoin('users', 'users.id', 'invites.created_by')
			.where('invites.token_hash', '=', hashInviteToken(token))
			.where('invites.expires_at', '>', sql<Date>`now()`)
			.select([
				'workspaces.id as workspaceId',
				'workspaces.name as workspaceName',
				'users.name as inviterName',
				'invites.role',
				'invites.expires_at as expiresAt'
			])
			.executeTakeFirst();
		if (!invitation) throw new AppError('INVITE_NOT_FOUND');
		await attempt.forgive();
		return invitation;
	}

	/** A signed-in person joins, and their session goes on there. Throws as `find`, and `ALREADY_MEMBER`. */
	async accept(token: string, member: Member, address: string): Promise<void> {
		await this.find(token, address);
		const { db, sessions } = this.#options;
		const workspaceId = await db
			.transaction()
			.execute((tx) => takeInvite(tx, token, member.userId));
		await sessions.chooseWorkspace(member.sessionId, workspaceId);
	}

	/** Somebody new joins and is signed in. Throws as `find`, and `EMAIL_TAKEN`. */
	async acceptAsNew(token: string, person: PersonInput, address: string): Promise<Member> {
		const { db, limits } = this.#options;
		await this.find(token, address);
		await limits.countRegistration(address);
		const passwordHash = await hashPassword(person.password);
		const joined = await db.transaction().execute(async (tx) => {
			const userId = await insertUser(tx, person, passwordHash);
			return { userId, workspaceId: await takeInvite(tx, token, userId) };
		});
		return await this.#signIn(joined);
	}

	/**
	 * Somebody who has an account joins and is signed in, also when they belong to no workspace any more.
	 * Throws as `find`, and `BAD_CREDENTIALS`, `ALREADY_MEMBER`.
	 */
	async acceptBySignIn(token: string, input: SignInInput, address: string): Promise<Member> {
		await this.find(token, address);
		const userId = await checkCredentials(this.#options, input, address);
		const workspaceId = await this.#options.db
			.transaction()
			.execute((tx) => takeInvite(tx, token, userId));
		return await this.#signIn({ userId, workspaceId });
	}

	async #signIn(joined: {
		readonly userId: string;
		readonly workspaceId: string;
	}): Promise<Member> {
		const member = await this.#options.sessions.open(joined.userId, joined.workspaceId);
		if (!member) throw new AppError('FORBIDDEN');
		return member;
	}
}
