import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { Db } from '../history/database.ts';
import { actorOf } from './member.ts';

type Membership = {
	readonly id: string;
	readonly name: string;
	/** Members beside the user, and owners among them. */
	readonly others: number;
	readonly otherOwners: number;
	readonly isOwner: boolean;
};

/**
 * Deletes a user with memberships, sessions and invitations; each workspace's audit log says so. The
 * workspaces are locked first, as by every change of members (memberships.ts). Throws `LAST_OWNER`, with
 * nothing changed, while one of them would be left without an owner.
 */
export async function deleteAccount(tx: Db, userId: string): Promise<void> {
	const workspaces = await lockWorkspaces(tx, userId);
	const ownerless = workspaces.find(({ isOwner, otherOwners }) => isOwner && otherOwners === 0);
	if (ownerless) throw new AppError('LAST_OWNER', { message: describe(ownerless) });
	for (const { id } of workspaces) {
		await recordAudit(tx, {
			workspaceId: id,
			showId: null,
			actor: actorOf({ userId }),
			action: 'account.deleted',
			target: actorOf({ userId }),
			details: {}
		});
	}
	await tx.deleteFrom('users').where('id', '=', userId).execute();
}

function describe({ name, others }: Membership): string {
	return others > 0
		? `You are the only owner of “${name}”. Make somebody else an owner there first, or delete the workspace.`
		: `Nobody but you belongs to “${name}”. Delete the workspace first: your account goes with your last one.`;
}

async function lockWorkspaces(tx: Db, userId: string): Promise<Membership[]> {
	const rows = await tx
		.selectFrom('workspaces')
		.select(['id', 'name'])
		.where('id', 'in', (eb) =>
			eb.selectFrom('members').select('members.workspace_id').where('members.user_id', '=', userId)
		)
		.orderBy('id')
		.forUpdate()
		.execute();
	const found: Membership[] = [];
	for (const { id, name } of rows) {
		const members = await tx
			.selectFrom('members')
			.select(['user_id', 'role'])
			.where('workspace_id', '=', id)
			.execute();
		const others = members.filter((member) => member.user_id !== userId);
		found.push({
			id,
			name,
			others: others.length,
			otherOwners: others.filter(({ role }) => role === 'owner').length,
			isOwner: members.some(({ user_id, role }) => user_id === userId && role === 'owner')
		});
	}
	return found;
}
