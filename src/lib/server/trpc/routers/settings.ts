import { z } from 'zod';
import { isTypedName } from '../../../domain/typed-name.ts';
import { actorOf } from '../../auth/member.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../../history/audit.ts';
import {
	lockWorkspaceSettings,
	readWorkspaceSettings,
	writeWorkspaceSettings
} from '../../history/queries/workspace-settings.ts';
import type { WorkspaceSettings } from '../../history/queries/workspace-settings.ts';
import { previewRetention } from '../../history/redaction/retention-due.ts';
import { different } from '../changed-values.ts';
import { deletionProcedure, memberProcedure, router, settingsProcedure } from '../init.ts';
import { retentionDays, settingsInput } from '../settings-input.ts';
import { assertWordsDiffer } from '../words.ts';

const settingsChanges = settingsInput.extend({ retentionDays: retentionDays.nullable() }).partial();

/** The settings as they are to be. */
function applyChanges(
	former: WorkspaceSettings,
	changes: z.output<typeof settingsChanges>
): WorkspaceSettings {
	const { pollSeconds, retentionDays } = changes;
	return {
		name: changes.name ?? former.name,
		timeZone: changes.timeZone ?? former.timeZone,
		claimWord: changes.claimWord ?? former.claimWord,
		passWord: changes.passWord ?? former.passWord,
		pollSeconds: pollSeconds === undefined ? former.pollSeconds : pollSeconds,
		sounds: changes.sounds ?? former.sounds,
		retentionDays: retentionDays === undefined ? former.retentionDays : retentionDays
	};
}

export const settingsRouter = router({
	/** What the workspace has chosen. */
	get: memberProcedure.query(({ ctx }) =>
		readWorkspaceSettings(ctx.services.db, ctx.scope.workspaceId)
	),

	/** Changes what is given; what is left out stays. Running shows keep their words. */
	update: settingsProcedure.input(settingsChanges).mutation(async ({ ctx, input }) => {
		const { workspaceId } = ctx.scope;
		return await ctx.services.db.transaction().execute(async (tx) => {
			const former = await lockWorkspaceSettings(tx, workspaceId);
			const settings = applyChanges(former, input);
			assertWordsDiffer(settings);
			const after = different(settings, former);
			if (Object.keys(after).length === 0) return settings;
			await writeWorkspaceSettings(tx, workspaceId, settings);
			await recordAudit(tx, {
				workspaceId,
				showId: null,
				actor: actorOf(ctx.member),
				action: 'settings.changed',
				target: 'workspace',
				details: { before: different(former, settings), after }
			});
			return settings;
		});
	}),

	/** What would be removed now if comments of people who claimed nothing were kept for so many days. */
	retentionPreview: settingsProcedure
		.input(z.object({ days: retentionDays }))
		.query(({ ctx, input }) =>
			previewRetention(ctx.services.db, ctx.scope.workspaceId, input.days)
		),

	/**
	 * Deletes the workspace and everything in it, for good, when its name was typed. The caller's session
	 * goes on in another workspace of theirs, or ends. Throws `INVALID_INPUT`.
	 */
	deleteWorkspace: deletionProcedure
		.input(z.object({ name: z.string().max(1_000) }))
		.mutation(async ({ ctx, input }) => {
			if (!isTypedName(input.name, ctx.member.workspace.name)) {
				const message = 'Type the workspace’s name exactly as it is.';
				throw new AppError('INVALID_INPUT', { message, details: { fields: { name: [message] } } });
			}
			await ctx.eraseWorkspace();
		})
});
