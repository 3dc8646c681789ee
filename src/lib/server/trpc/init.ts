import { initTRPC } from '@trpc/server';
import type { TRPCProcedureType as ProcedureType } from '@trpc/server';
import { z } from 'zod';
import { actorOf } from '../auth/member.ts';
import type { Member } from '../auth/member.ts';
import { may } from '../auth/permissions.ts';
import type { Action } from '../auth/permissions.ts';
import { AppError } from '../errors.ts';
import { WorkspaceScope } from '../history/queries/scope.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import type { RehearsalJob } from '../jobs/rehearsal-jobs.ts';
import { withLogContext } from '../observability/log-context.ts';
import type { ApiContext } from './api-context.ts';
import { BuyerControls } from './buyer-controls.ts';
import { ChannelControls } from './channel-controls.ts';
import { ConnectionControls } from './connection-controls.ts';
import { ErasureControls } from './erasure-controls.ts';
import { errorShape, toTrpcError } from './errors.ts';
import { showChannels } from './show-channels.ts';
import { ShowControls, ShowView } from './show-controls.ts';
import type { ApiServices } from './services.ts';
import { eraseWorkspace } from './workspace-erasure.ts';

const trpc = initTRPC.context<ApiContext>().create({
	// Stacks belong into the log, in every environment.
	isDev: false,
	errorFormatter: ({ error, ctx }) => errorShape(error, ctx?.requestId ?? null)
});

export const { router, createCallerFactory } = trpc;

/**
 * Counts a call that came over a network; pages are counted as requests (request-gate.ts). The debug
 * procedures, which don't exist in production, are for making thousands of comments a second.
 */
function countCall(ctx: ApiContext, type: ProcedureType, path: string): void {
	if (ctx.transport === 'local' || path.startsWith('debug.')) return;
	const { limits } = ctx.services;
	if (ctx.member) limits.admitCall(ctx.member, type === 'mutation' ? 'mutation' : 'query');
	else limits.admitSignedOut(ctx.clientAddress);
}

/** Anybody, signed in or not, as often as the limits allow. */
export const publicProcedure = trpc.procedure.use(async ({ ctx, type, path, next }) => {
	try {
		countCall(ctx, type, path);
	} catch (error) {
		throw toTrpcError(error);
	}
	if (ctx.transport === 'http' && type === 'subscription') {
		throw toTrpcError(
			new AppError('INVALID_INPUT', { message: 'Subscriptions are served over the WebSocket.' })
		);
	}
	const { requestId } = ctx;
	const result = await withLogContext({ requestId, procedure: path }, () => next());
	if (!result.ok) throw toTrpcError(result.error);
	return result;
});

/** Whoever sends a body slowly has it read long after the request began. */
const MEMBER_FRESH_MS = 1_000;

/**
 * A socket outlives the session that opened it, so there each call looks the session up again. So does a call
 * of a request that took its time: its member may have been removed meanwhile.
 */
async function currentMember(ctx: ApiContext): Promise<Member> {
	const age = performance.now() - (ctx.memberReadAt ?? performance.now());
	const member =
		ctx.member && (ctx.transport === 'socket' || age > MEMBER_FRESH_MS)
			? await ctx.services.auth.validateSession(ctx.member.sessionId)
			: ctx.member;
	if (!member) throw new AppError('SIGNED_OUT');
	return member;
}

const signedIn = publicProcedure.use(async ({ ctx, next }) => {
	const member = await currentMember(ctx);
	return await next({ ctx: { member } });
});

/** Members whose role may do it, by the table in auth/permissions.ts. */
function allowedTo(action: Action) {
	return signedIn.use(async ({ ctx, next }) => {
		if (!may(ctx.member.role, action)) throw new AppError('FORBIDDEN');
		return await next();
	});
}

const operating = allowedTo('runShows');
const seeingBuyers = allowedTo('seeBuyers');

/**
 * The services that a member's procedure gets. Those that take any show's id are not among them: they
 * are reached through `view` and `controls`, which take a `ScopedShow`.
 */
type MemberServices = Pick<ApiServices, 'config' | 'logger' | 'db' | 'auth' | 'replays'>;

function memberServices(services: ApiServices): MemberServices {
	const { config, logger, db, auth, replays } = services;
	return { config, logger, db, auth, replays };
}

function workspaceAccess(ctx: ApiContext & { readonly member: Member }) {
	return {
		services: memberServices(ctx.services),
		scope: new WorkspaceScope(ctx.services.db, ctx.member.workspace.id)
	};
}

/** Members of a workspace, whatever their role. `ctx.scope` reaches the workspace's shows. */
export const memberProcedure = signedIn.use(({ ctx, next }) => next({ ctx: workspaceAccess(ctx) }));

/** Whoever may see the workspace's buyers. */
export const buyersProcedure = seeingBuyers.use(({ ctx, next }) =>
	next({ ctx: workspaceAccess(ctx) })
);

/** Whoever may read what members did. */
export const auditProcedure = allowedTo('readAuditLog').use(({ ctx, next }) =>
	next({ ctx: workspaceAccess(ctx) })
);

/** Whoever may change the workspace's settings. */
export const settingsProcedure = allowedTo('changeSettings').use(({ ctx, next }) =>
	next({ ctx: workspaceAccess(ctx) })
);

/** Whoever may decide who belongs to the workspace. */
export const membersProcedure = allowedTo('manageMembers').use(({ ctx, next }) =>
	next({ ctx: workspaceAccess(ctx) })
);

/** Whoever may delete the workspace. */
export const deletionProcedure = allowedTo('deleteWorkspace').use(({ ctx, next }) =>
	next({ ctx: { eraseWorkspace: () => eraseWorkspace(ctx.services, ctx.member) } })
);

/** Owners and operators. `ctx.controlsOf` acts on a show of the workspace, `ctx.playInto` rehearses. */
export const operatorProcedure = operating.use(({ ctx, next }) => {
	const { services } = ctx;
	const actor = actorOf(ctx.member);
	return next({
		ctx: {
			...workspaceAccess(ctx),
			controlsOf: (show: ScopedShow) => new ShowControls(services, show, actor),
			/** Throws `RATE_LIMITED` and `UNAVAILABLE` when no rehearsal can be started now. */
			admitRehearsal: () => services.rehearsals.admit(ctx.member.workspace.id),
			playInto: (show: ScopedShow, rehearsal: Pick<RehearsalJob, 'source' | 'speed'>) =>
				services.rehearsals.add({ ...rehearsal, showId: show.id, postedFrom: Date.now() })
		}
	});
});

/** Whoever may note something about the workspace's buyers. */
export const buyerOperatorProcedure = allowedTo('noteBuyers').use(({ ctx, next }) => {
	const access = workspaceAccess(ctx);
	const buyers = new BuyerControls(ctx.services, access.scope, actorOf(ctx.member));
	return next({ ctx: { buyers } });
});

/** Whoever may erase what the workspace holds about a person. */
export const erasureProcedure = allowedTo('erasePersonalData').use(({ ctx, next }) => {
	const { scope } = workspaceAccess(ctx);
	const erasing = new ErasureControls(ctx.services, scope, actorOf(ctx.member));
	return next({ ctx: { erasing } });
});

/** Members, for the workspace's connections; operators below. */
export const connectionProcedure = signedIn.use(({ ctx, next }) =>
	next({ ctx: { connections: new ConnectionControls(ctx.services, ctx.member) } })
);

export const connectionOperatorProcedure = allowedTo('connectAccounts').use(({ ctx, next }) =>
	next({ ctx: { connections: new ConnectionControls(ctx.services, ctx.member) } })
);

/** Any text: a malformed id is answered like an unknown one. */
const showInput = z.object({ showId: z.string().max(100) });

/** What a member gets of a show. Throws `SHOW_NOT_FOUND` for one that is not of their workspace. */
async function showAccess(ctx: ApiContext & { readonly member: Member }, showId: string) {
	const access = workspaceAccess(ctx);
	const show = await access.scope.show(showId);
	return { ...access, show, view: new ShowView(ctx.services, show) };
}

/** Members, for a show of their workspace. Refused with `SHOW_NOT_FOUND` before anything else is read. */
export const showProcedure = signedIn.input(showInput).use(async ({ ctx, input, next }) => {
	const access = await showAccess(ctx, input.showId);
	return await withLogContext({ showId: access.show.id }, () => next({ ctx: access }));
});

/** Whoever may see buyers, for those of a show of their workspace. */
export const showBuyersProcedure = seeingBuyers
	.input(showInput)
	.use(async ({ ctx, input, next }) => {
		const access = await showAccess(ctx, input.showId);
		return await withLogContext({ showId: access.show.id }, () => next({ ctx: access }));
	});

/** Members, for the channels of a show of their workspace. */
export const showChannelsProcedure = signedIn.input(showInput).use(async ({ ctx, input, next }) => {
	const show = await workspaceAccess(ctx).scope.show(input.showId);
	return await next({ ctx: { listChannels: () => showChannels(ctx.services, show) } });
});

/** Owners and operators, for a show of their workspace. */
export const showOperatorProcedure = operating
	.input(showInput)
	.use(async ({ ctx, input, next }) => {
		const access = await showAccess(ctx, input.showId);
		const { show } = access;
		const actor = actorOf(ctx.member);
		const more = {
			...access,
			controls: new ShowControls(ctx.services, show, actor),
			channels: new ChannelControls(ctx.services, show, {
				connections: new ConnectionControls(ctx.services, ctx.member),
				actor
			}),
			controlsOf: (other: ScopedShow) => new ShowControls(ctx.services, other, actor)
		};
		return await withLogContext({ showId: show.id }, () => next({ ctx: more }));
	});
