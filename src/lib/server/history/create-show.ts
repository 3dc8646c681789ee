import { randomUUID } from 'node:crypto';
import type { Db } from './database.ts';
import { newEpoch } from './recovery.ts';

export type NewShow = {
	readonly workspaceId: string;
	readonly name: string;
	/** Normalised words (`parseIntentWord`), not equal. */
	readonly claimWord: string;
	readonly passWord: string;
	readonly isRehearsal?: boolean;
};

/** Stores a draft show. Redis gets it on first touch, the way a lost show is rebuilt. Returns its id. */
export async function createShow(db: Db, show: NewShow): Promise<string> {
	const id = randomUUID();
	await db
		.insertInto('shows')
		.values({
			id,
			workspace_id: show.workspaceId,
			name: show.name,
			claim_word: show.claimWord,
			pass_word: show.passWord,
			is_rehearsal: show.isRehearsal ?? false,
			epoch: newEpoch()
		})
		.execute();
	return id;
}
