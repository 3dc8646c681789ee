import { z } from 'zod';
import type { Connection } from '../../channels/connection-store.ts';
import { connectionProcedure, connectionOperatorProcedure, router } from '../init.ts';

const login = z.enum(['facebook', 'instagram']);
/** Where the browser sees this server; of use only where the configuration does not say. */
const origin = z
	.url({ protocol: /^https?$/ })
	.max(300)
	.transform((text) => new URL(text).origin);
const pickId = z.string().max(100);
const connectionId = z.string().max(100);

/** A connection as pages get it: no tokens, no ids of people. */
export type ConnectionRow = {
	readonly id: string;
	readonly platform: 'facebook' | 'instagram';
	readonly login: 'facebook' | 'instagram';
	readonly accountName: string;
	readonly health: Connection['health'];
	/** One sentence: what is wrong, what to do. */
	readonly healthDetail: string | null;
	readonly missingPermissions: readonly string[];
	/** Epoch ms. */
	readonly checkedAt: number | null;
	/** When access ends by itself, epoch ms; null: it does not. */
	readonly expiresAt: number | null;
	readonly webhooks: boolean;
};

function toRow(connection: Connection): ConnectionRow {
	const { tokenExpiresAt, dataAccessExpiresAt } = connection;
	const ends = [tokenExpiresAt, dataAccessExpiresAt].filter((time) => time !== null);
	return {
		id: connection.id,
		platform: connection.platform,
		login: connection.login,
		accountName: connection.accountName,
		health: connection.health,
		healthDetail: connection.healthDetail,
		missingPermissions: connection.missingPermissions,
		checkedAt: connection.checkedAt?.getTime() ?? null,
		expiresAt: ends.length === 0 ? null : Math.min(...ends.map((time) => time.getTime())),
		webhooks: connection.webhooks
	};
}

export const connectionsRouter = router({
	/** The workspace's connections, and which logins this server offers. */
	list: connectionProcedure.query(async ({ ctx }) => ({
		connections: (await ctx.connections.list()).map(toRow),
		offers: ctx.connections.offers()
	})),

	/**
	 * Begins connecting: where to send the browser. `rerequest` asks again for what was declined.
	 * Throws `META_NOT_CONFIGURED`.
	 */
	begin: connectionOperatorProcedure
		.input(z.object({ login, origin, rerequest: z.boolean().default(false) }))
		.mutation(async ({ ctx, input }) => ({
			url: await ctx.connections.begin(input.login, input.origin, input.rerequest)
		})),

	/**
	 * Ends what `begin` began, with the query that Meta sent the browser back with. Throws `CONNECT_EXPIRED`
	 * and what Meta refuses (`PLATFORM_REFUSED`, `PLATFORM_UNAVAILABLE`, `NEEDS_REAUTH`).
	 */
	finish: connectionOperatorProcedure
		.input(z.object({ login, origin, query: z.string().max(10_000) }))
		.mutation(({ ctx, input }) => ctx.connections.finish(input.login, input.origin, input.query)),

	/** The accounts that were granted and wait to be chosen. Throws `CONNECT_EXPIRED`. */
	choices: connectionOperatorProcedure
		.input(z.object({ pickId }))
		.query(({ ctx, input }) => ctx.connections.choices(input.pickId)),

	/** Connects the chosen ones (`platform:accountId`). Throws `CONNECT_EXPIRED`, `INVALID_INPUT`. */
	connect: connectionOperatorProcedure
		.input(z.object({ pickId, accounts: z.array(z.string().max(300)).min(1).max(200) }))
		.mutation(async ({ ctx, input }) => ({
			connections: (await ctx.connections.connect(input.pickId, input.accounts)).map(toRow)
		})),

	/** Looks at a connection's health now. Throws `CONNECTION_NOT_FOUND`. */
	check: connectionOperatorProcedure
		.input(z.object({ connectionId }))
		.mutation(async ({ ctx, input }) => toRow(await ctx.connections.check(input.connectionId))),

	/**
	 * Ends the account's webhooks, takes the access back at Meta and erases the connection. Shows that listen
	 * to the account stop hearing it. Throws `CONNECTION_NOT_FOUND`.
	 */
	disconnect: connectionOperatorProcedure
		.input(z.object({ connectionId }))
		.mutation(({ ctx, input }) => ctx.connections.disconnect(input.connectionId))
});
