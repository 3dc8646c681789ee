import { memberProfile } from '../../auth/member.ts';
import { registerInput, signInInput } from '../../auth/input.ts';
import { AppError } from '../../errors.ts';
import type { ApiContext, SessionCookies } from '../api-context.ts';
import { publicProcedure, router } from '../init.ts';

function cookiesOf(ctx: ApiContext): SessionCookies {
	if (ctx.cookies) return ctx.cookies;
	throw new AppError('INVALID_INPUT', { message: 'Signing in and out needs an HTTP request.' });
}

/** Leaves the session that the browser came with: its cookie is about to be replaced. */
async function leave(ctx: ApiContext): Promise<void> {
	if (ctx.member) await ctx.services.auth.signOut(ctx.member.sessionId);
}

export const authRouter = router({
	/** The signed-in member, or null. */
	me: publicProcedure.query(({ ctx }) => (ctx.member ? memberProfile(ctx.member) : null)),

	/** Makes an account with a workspace of its own and signs in. Throws `EMAIL_TAKEN`, `RATE_LIMITED`. */
	register: publicProcedure.input(registerInput).mutation(async ({ ctx, input }) => {
		const cookies = cookiesOf(ctx);
		const member = await ctx.services.auth.register(input, { address: ctx.clientAddress });
		await leave(ctx);
		cookies.set(member);
		return memberProfile(member);
	}),

	/** Throws `BAD_CREDENTIALS`, `RATE_LIMITED` (details: `retryAfterSeconds`). */
	signIn: publicProcedure.input(signInInput).mutation(async ({ ctx, input }) => {
		const cookies = cookiesOf(ctx);
		const member = await ctx.services.auth.signIn(input, { address: ctx.clientAddress });
		await leave(ctx);
		cookies.set(member);
		return memberProfile(member);
	}),

	/** Deletes the session. Signing out twice is no error. */
	signOut: publicProcedure.mutation(async ({ ctx }) => {
		const cookies = cookiesOf(ctx);
		await leave(ctx);
		cookies.clear();
	})
});
