import { AppError } from '../../errors.ts';
import type { Db } from '../database.ts';

/** What a workspace has chosen; shows start from it. */
export type WorkspaceSettings = {
	readonly name: string;
	/** An IANA name, e.g. `Europe/Berlin`. */
	readonly timeZone: string;
	/** Normalised words (`parseIntentWord`) of new shows, not equal. */
	readonly claimWord: string;
	readonly passWord: string;
	/** Seconds between two polls of a busy broadcast; null: as the server paces itself. */
	readonly pollSeconds: number | null;
	/** Whether consoles sound unless their operator switched that. */
	readonly sounds: boolean;
	/** Days that comments of people who claimed nothing are kept after a show; null: for good. */
	readonly retentionDays: number | null;
};

/** Bounds of `pollSeconds`: faster costs the platform's patience, slower the seller's. */
export const MIN_POLL_SECONDS = 2;
export const MAX_POLL_SECONDS = 10;

/** Throws `SIGNED_OUT` when the workspace was deleted meanwhile. */
export async function readWorkspaceSettings(
	db: Db,
	workspaceId: string
): Promise<WorkspaceSettings> {
	const row = await db
		.selectFrom('workspaces')
		.select([
			'name',
			'time_zone',
			'claim_word',
			'pass_word',
			'poll_seconds',
			'sounds',
			'retention_days'
		])
		.where('id', '=', workspaceId)
		.executeTakeFirst();
	if (!row) throw new AppError('SIGNED_OUT');
	return {
		name: row.name,
		timeZone: row.time_zone,
		claimWord: row.claim_word,
		passWord: row.pass_word,
		pollSeconds: row.poll_seconds,
		sounds: row.sounds,
		retentionDays: row.retention_days
	};
}

/** As `readWorkspaceSettings`; nobody else changes them until the transaction ends. */
export async function lockWorkspaceSettings(
	tx: Db,
	workspaceId: string
): Promise<WorkspaceSettings> {
	await tx
		.selectFrom('workspaces')
		.select('id')
		.where('id', '=', workspaceId)
		.forUpdate()
		.execute();
	return await readWorkspaceSettings(tx, workspaceId);
}

/** Words must be normalised and differ, the zone be known to this server. */
export async function writeWorkspaceSettings(
	tx: Db,
	workspaceId: string,
	settings: WorkspaceSettings
): Promise<void> {
	await tx
		.updateTable('workspaces')
		.set({
			name: settings.name,
			time_zone: settings.timeZone,
			claim_word: settings.claimWord,
			pass_word: settings.passWord,
			poll_seconds: settings.pollSeconds,
			sounds: settings.sounds,
			retention_days: settings.retentionDays
		})
		.where('id', '=', workspaceId)
		.execute();
}
