import { z } from 'zod';
import { personInput, signInInput } from '../../auth/input.ts';
import { memberProfile } from '../../auth/member.ts';
import { membersOf } from '../../auth/member-lists.ts';
import { may, permissionRows } from '../../auth/permissions.ts';
import { cookiesOf, leaveSession } from '../browser-session.ts';
import { memberProcedure, membersProcedure, publicProcedure, router } from '../init.ts';

const userId = z.uuid('is not a member of this workspace');
const role = z.enum(['owner', 'operator', 'viewer']);
/** Nobody becomes an owner by a link: links get forwarded. */
const inviteRole = z.enum(['operator', 'viewer']);
/** Any text: one that is no token is answered like one that is unknown. */
const token = z.string().max(200);

export const membersRouter = router({
	/** Everybody in the workspace, and what roles may do. Addresses are for those who manage members. */
	list: memberProcedure.query(async ({ ctx }) => {
		const mayManage = may(ctx.member.role, 'manageMembers');
		const members = await membersOf(ctx.services.db, ctx.scope.workspaceId);
		return {
			members: members.map(({ email, joinedAt, ...member }) => ({
				...member,
				email: mayManage ? email : null,
				joinedAt: joinedAt.getTime()
			})),
			permissions: permissionRows()
		};
	}),

	/** Throws `MEMBER_NOT_FOUND`, `LAST_OWNER`. */
	changeRole: membersProcedure
		.input(z.object({ userId, role }))
		.mutation(({ ctx, input }) =>
			ctx.services.auth.memberships.changeRole(ctx.member, input.userId, input.role)
		),

	/** Ends the membership, and the sessions and live consoles with it. Throws as `changeRole`. */
	remove: membersProcedure
		.input(z.object({ userId }))
		.mutation(({ ctx, input }) => ctx.services.auth.memberships.remove(ctx.member, input.userId)),

	/** Makes somebody else an owner and the caller an operator. Throws as `changeRole`. */
	transfer: membersProcedure
		.input(z.object({ userId }))
		.mutation(({ ctx, input }) => ctx.services.auth.memberships.transfer(ctx.member, input.userId)),

	/** Ends the caller's own membership. Throws `LAST_OWNER`. */
	leave: memberProcedure.mutation(({ ctx }) => ctx.services.auth.memberships.leave(ctx.member)),

	/** Links that can still be used; without their tokens, which nobody knows any more. */
	invites: membersProcedure.query(async ({ ctx }) => {
		const invites = await ctx.services.auth.invites.list(ctx.scope.workspaceId);
		return invites.map(({ createdAt, expiresAt, ...invite }) => ({
			...invite,
			createdAt: createdAt.getTime(),
			expiresAt: expiresAt.getTime()
		}));
	}),

	/** Makes a link. Its token is in this answer and nowhere else. Throws `RATE_LIMITED`. */
	invite: membersProcedure
		.input(z.object({ role: inviteRole }))
		.mutation(async ({ ctx, input }) => {
			const invite = await ctx.services.auth.invites.create(ctx.member, input.role);
			return { ...invite, expiresAt: invite.expiresAt.getTime() };
		}),

	/** Makes a link useless. Throws `INVITE_NOT_FOUND`. */
	revokeInvite: membersProcedure
		.input(z.object({ inviteId: z.uuid('is not an invitation of this workspace') }))
		.mutation(({ ctx, input }) => ctx.services.auth.invites.revoke(ctx.member, input.inviteId)),

	/**
	 * What a link is for. Throws `INVITE_NOT_FOUND`, `RATE_LIMITED`. It changes nothing; as a mutation its
	 * input travels in the body, where no proxy logs it.
	 */
	readInvite: publicProcedure.input(z.object({ token })).mutation(async ({ ctx, input }) => {
		const invitation = await ctx.services.auth.invitations.find(input.token, ctx.clientAddress);
		const { workspaceId, expiresAt, ...facts } = invitation;
		return {
			...facts,
			expiresAt: expiresAt.getTime(),
			/** Whether it leads to where the caller works already. */
			isHere: ctx.member?.workspace.id === workspaceId
		};
	}),

	/** The caller joins, and works there from now on. Throws as `readInvite`, and `ALREADY_MEMBER`. */
	acceptInvite: memberProcedure
		.input(z.object({ token }))
		.mutation(({ ctx, input }) =>
			ctx.services.auth.invitations.accept(input.token, ctx.member, ctx.clientAddress)
		),

	/** Makes an account, joins and signs in. Throws as `readInvite`, and `EMAIL_TAKEN`. */
	acceptAsNew: publicProcedure
		.input(personInput.extend({ token }))
		.mutation(async ({ ctx, input }) => {
			const cookies = cookiesOf(ctx.cookies);
			const { token, ...person } = input;
			const { invitations } = ctx.services.auth;
			const member = await invitations.acceptAsNew(token, person, ctx.clientAddress);
			await leaveSession(ctx);
			cookies.set(member);
			return memberProfile(member);
		}),

	/** Signs in and joins. Throws as `readInvite`, and `BAD_CREDENTIALS`, `ALREADY_MEMBER`. */
	acceptBySignIn: publicProcedure
		.input(signInInput.extend({ token }))
		.mutation(async ({ ctx, input }) => {
			const cookies = cookiesOf(ctx.cookies);
			const { token, ...credentials } = input;
			const { invitations } = ctx.services.auth;
			const member = await invitations.acceptBySignIn(token, credentials, ctx.clientAddress);
			await leaveSession(ctx);
			cookies.set(member);
			return memberProfile(member);
		})
});
