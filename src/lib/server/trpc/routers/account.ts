import { z } from 'zod';
import { accountDeletion, passwordChange, renameInput } from '../../auth/input.ts';
import { workspacesOf } from '../../auth/member-lists.ts';
import { cookiesOf } from '../browser-session.ts';
import { memberProcedure, router } from '../init.ts';

/** A SHA-256 in base64url. */
const SESSION_HASH = /^[\w-]{43}$/;

export const accountRouter = router({
	/** The caller's workspaces, and which one they work in. */
	workspaces: memberProcedure.query(async ({ ctx }) => ({
		workspaces: await workspacesOf(ctx.services.db, ctx.member.userId),
		current: ctx.member.workspace.id
	})),

	/** The session goes on in another workspace of the caller. Throws `MEMBER_NOT_FOUND`. */
	switchWorkspace: memberProcedure
		.input(z.object({ workspaceId: z.uuid('is not one of your workspaces') }))
		.mutation(({ ctx, input }) => ctx.services.auth.switchWorkspace(ctx.member, input.workspaceId)),

	rename: memberProcedure
		.input(renameInput)
		.mutation(({ ctx, input }) => ctx.services.auth.accounts.rename(ctx.member, input.name)),

	/** Ends every other session. Throws `WRONG_PASSWORD`, `RATE_LIMITED` (details: `retryAfterSeconds`). */
	changePassword: memberProcedure
		.input(passwordChange)
		.mutation(({ ctx, input }) => ctx.services.auth.accounts.changePassword(ctx.member, input)),

	/** Where the caller is signed in, this session first; times in epoch ms. */
	sessions: memberProcedure.query(async ({ ctx }) => {
		const sessions = await ctx.services.auth.accounts.sessions(ctx.member);
		return sessions.map(({ signedInAt, lastUsedAt, ...session }) => ({
			...session,
			signedInAt: signedInAt.getTime(),
			lastUsedAt: lastUsedAt.getTime()
		}));
	}),

	/** Ends one of the caller's other sessions; `signOut` ends this one. Throws `SESSION_NOT_FOUND`. */
	endSession: memberProcedure
		.input(z.object({ id: z.string().regex(SESSION_HASH, 'is not one of your sessions') }))
		.mutation(({ ctx, input }) => ctx.services.auth.accounts.endSession(ctx.member, input.id)),

	/** Ends every session, this one as well. */
	signOutEverywhere: memberProcedure.mutation(async ({ ctx }) => {
		const cookies = cookiesOf(ctx.cookies);
		await ctx.services.auth.accounts.signOutEverywhere(ctx.member);
		cookies.clear();
	}),

	/**
	 * Deletes the caller's account for good. Throws `WRONG_PASSWORD`, `RATE_LIMITED`, and `LAST_OWNER` while a
	 * workspace would be left without an owner.
	 */
	remove: memberProcedure.input(accountDeletion).mutation(async ({ ctx, input }) => {
		const cookies = cookiesOf(ctx.cookies);
		await ctx.services.auth.accounts.remove(ctx.member, input.password);
		cookies.clear();
	})
});
