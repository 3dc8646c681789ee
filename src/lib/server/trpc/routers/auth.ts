import { memberProfile } from '../../auth/member.ts';
import { registerInput, signInInput } from '../../auth/input.ts';
import { cookiesOf, leaveSession } from '../browser-session.ts';
import { publicProcedure, router } from '../init.ts';
import { timeZone } from '../settings-input.ts';

export const authRouter = router({
	/** The signed-in member, or null. */
	me: publicProcedure.query(({ ctx }) => (ctx.member ? memberProfile(ctx.member) : null)),

	/**
	 * Makes an account with a workspace of its own, in the time zone of whoever makes it, and signs in.
	 * Throws `EMAIL_TAKEN`, `RATE_LIMITED`.
	 */
	register: publicProcedure
		.input(registerInput.extend({ timeZone: timeZone.optional() }))
		.mutation(async ({ ctx, input }) => {
			const cookies = cookiesOf(ctx.cookies);
			const member = await ctx.services.auth.register(input, { address: ctx.clientAddress });
			await leaveSession(ctx);
			cookies.set(member);
			return memberProfile(member);
		}),

	/** Throws `BAD_CREDENTIALS`, `RATE_LIMITED` (details: `retryAfterSeconds`). */
	signIn: publicProcedure.input(signInInput).mutation(async ({ ctx, input }) => {
		const cookies = cookiesOf(ctx.cookies);
		const member = await ctx.services.auth.signIn(input, { address: ctx.clientAddress });
		await leaveSession(ctx);
		cookies.set(member);
		return memberProfile(member);
	}),

	/** Deletes the session. Signing out twice is no error. */
	signOut: publicProcedure.mutation(async ({ ctx }) => {
		const cookies = cookiesOf(ctx.cookies);
		await leaveSession(ctx);
		cookies.clear();
	})
});
