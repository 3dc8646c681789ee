import { sql } from 'kysely';
import { actorOf } from '../auth/member.ts';
import type { Member } from '../auth/member.ts';
import { AppError } from '../errors.ts';
import { allowErasing } from '../history/audit.ts';
import type { Db } from '../history/database.ts';
import { allowLongStatements } from '../history/statement-timeout.ts';
import { eraseShow, expireShow } from '../redis/erase-show.ts';
import type { ApiServices } from './services.ts';

type Services = Pick<ApiServices, 'db' | 'redis' | 'actions' | 'meta' | 'auth' | 'logger'>;

/** What Redis holds is gone by then, even when this process dies in the middle. */
const SAFETY_SECONDS = 86_400;

/**
 * Erases a workspace with everything in it: running shows end, accounts are disconnected at Meta as far as
 * it lets us, then all rows go, and all keys. Accounts of people who belong to no other workspace go too:
 * nothing is left that they could sign in to, and their address is free again. Throws `UNAVAILABLE` when
 * something can't be reached; deleting again goes on where it stopped.
 */
export async function eraseWorkspace(services: Services, actor: Member): Promise<void> {
	const { db, redis, auth, logger } = services;
	const workspaceId = actor.workspace.id;
	const shows = await db
		.selectFrom('shows')
		.where('workspace_id', '=', workspaceId)
		.select(['id', 'status'])
		.execute();
	for (const { id, status } of shows) {
		if (status !== 'ended') await endShow(services, id, actorOf(actor));
		await expireShow(redis, id, SAFETY_SECONDS);
	}
	await disconnectAccounts(services, workspaceId);
	await stopChannels(services, workspaceId);
	// One at a time: a workspace may hold millions of comments, and locks should be brief.
	for (const { id } of shows) await erase(db, (tx) => tx.deleteFrom('shows').where('id', '=', id));
	const people = await eraseTenant(db, workspaceId);
	await auth.news.announce(...people);
	for (const { id } of shows) {
		await eraseShow(redis, id).catch((error: unknown) => {
			logger.warn({ err: error, showId: id }, 'keys of an erased show are left to expire');
		});
	}
	logger.info({ workspaceId, shows: shows.length }, 'workspace erased');
}

/** A show that is over, or was never on, needs no end. */
async function endShow({ actions }: Services, showId: string, actor: string): Promise<void> {
	try {
		await actions.changeStatus(showId, 'ended', actor);
	} catch (error) {
		const over = ['SHOW_ENDED', 'INVALID_TRANSITION', 'SHOW_NOT_FOUND'];
		if (!(error instanceof AppError) || !over.includes(error.code)) throw error;
	}
}

/** One after the other: the last account that a person gave us takes the access back at Meta. */
async function disconnectAccounts({ meta, logger }: Services, workspaceId: string): Promise<void> {
	if (!meta) return;
	for (const connection of await meta.store.list(workspaceId)) {
		await meta.connections.disconnect(connection).catch((error: unknown) => {
			logger.warn({ err: error, connectionId: connection.id }, 'account was not disconnected');
		});
	}
}

async function stopChannels({ db, meta }: Services, workspaceId: string): Promise<void> {
	if (!meta) return;
	const channels = await db
		.selectFrom('channel_sources')
		.innerJoin('shows', 'shows.id', 'channel_sources.show_id')
		.where('shows.workspace_id', '=', workspaceId)
		.select('channel_sources.id')
		.execute();
	for (const { id } of channels) await meta.jobs.unschedule(id);
}

/** Runs a deletion that may take lines of the audit log along, which nothing else may. */
async function erase(db: Db, deletion: (tx: Db) => { execute(): Promise<unknown> }): Promise<void> {
	await db.transaction().execute(async (tx) => {
		await allowErasing(tx);
		await allowLongStatements(tx);
		await deletion(tx).execute();
	});
}

/** The workspace with what is left in it. Returns the ids of those who were members. */
async function eraseTenant(db: Db, workspaceId: string): Promise<string[]> {
	return await db.transaction().execute(async (tx) => {
		await allowErasing(tx);
		await allowLongStatements(tx);
		// Who joins by a link at this moment is among the members, or is refused.
		await sql`select id from workspaces where id = ${workspaceId} for update`.execute(tx);
		const members = await tx
			.deleteFrom('members')
			.where('workspace_id', '=', workspaceId)
			.returning('user_id')
			.execute();
		const people = members.map((member) => member.user_id);
		await tx.deleteFrom('workspaces').where('id', '=', workspaceId).execute();
		if (people.length > 0) {
			await tx
				.deleteFrom('users')
				.where('id', 'in', people)
				.where((eb) =>
					eb.not(
						eb.exists(
							eb
								.selectFrom('members')
								.select('members.id')
								.whereRef('members.user_id', '=', 'users.id')
						)
					)
				)
				.execute();
		}
		return people;
	});
}
