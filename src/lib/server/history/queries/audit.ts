import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../database.ts';
import { BUYER_TARGET, auditChanges, auditTarget, auditWords } from './audit-words.ts';
import type { AuditChange } from './audit-words.ts';
import { buyersOfEntries, handlesOfBuyers, namesOfActors, settingsBefore } from './audit-names.ts';
import type { ActorName } from './audit-names.ts';
import { toPage } from './page.ts';
import type { Page } from './page.ts';
import type { WorkspaceScope } from './scope.ts';

/** Something that a member did, as people read it. */
export type AuditRecord = {
	/** The order of writing; names the entry. */
	readonly entry: string;
	/** Epoch ms. */
	readonly at: number;
	readonly actor: ActorName;
	/** In words, e.g. `Released a claim`. */
	readonly action: string;
	/** The action's own name, e.g. `release`, `item.added`. */
	readonly code: string;
	/** What it was done to, e.g. `Item 12`. */
	readonly target: string;
	/** Handle of the buyer whom it is about. */
	readonly buyer: string | null;
	readonly show: { readonly id: string; readonly name: string } | null;
	readonly changes: readonly AuditChange[];
};

export type AuditFilter = {
	/** `entry` of the last record of the page before. */
	readonly cursor: string | null;
	readonly limit: number;
	readonly show: string | null;
	/** As entries name them, e.g. `user:<id>`. */
	readonly actor: string | null;
	/** What actions are about: `claim`, `item`, `show`, … */
	readonly kind: string | null;
	/** Epoch ms: from then on, and before. */
	readonly from: number | null;
	readonly before: number | null;
};

const detailsSchema = z.record(z.string(), z.unknown()).catch({});

function auditRows(db: Db, scope: WorkspaceScope, filter: AuditFilter) {
	let query = db
		.selectFrom('audit_log')
		.leftJoin('shows', 'shows.id', 'audit_log.show_id')
		.select([
			'audit_log.entry',
			'audit_log.at',
			'audit_log.actor',
			'audit_log.action',
			'audit_log.target',
			'audit_log.details',
			'audit_log.show_id',
			'shows.name as show_name'
		])
		.where('audit_log.workspace_id', '=', scope.workspaceId)
		.orderBy('audit_log.at', 'desc')
		.orderBy('audit_log.entry', 'desc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) {
		// The row itself is the cursor: a time that went through JavaScript has lost its microseconds.
		query = query.where(
			sql<boolean>`(audit_log.at, audit_log.entry) < (
				select last.at, last.entry from audit_log as last
				where last.entry = ${filter.cursor} and last.workspace_id = ${scope.workspaceId}
			)`
		);
	}
	if (filter.show !== null) query = query.where('audit_log.show_id', '=', filter.show);
	if (filter.actor !== null) query = query.where('audit_log.actor', '=', filter.actor);
	if (filter.kind !== null) query = query.where('audit_log.kind', '=', filter.kind);
	if (filter.from !== null) query = query.where('audit_log.at', '>=', new Date(filter.from));
	if (filter.before !== null) query = query.where('audit_log.at', '<', new Date(filter.before));
	return query;
}

/** A value that names a person by their id is told by their name. */
function nameIn(value: string | null, actors: ReadonlyMap<string, ActorName>): string | null {
	return value?.startsWith('user:') ? (actors.get(value)?.name ?? value) : value;
}

/**
 * What members of the workspace did, newest first (indexes `audit_log_newest`, `_show`, `_actor`, `_kind`).
 * Names are looked up for the whole page at once.
 */
export async function listAudit(
	db: Db,
	scope: WorkspaceScope,
	filter: AuditFilter
): Promise<Page<AuditRecord>> {
	const found = await auditRows(db, scope, filter).execute();
	const rows = found.map((row) => ({ ...row, details: detailsSchema.parse(row.details) }));
	const actors = await namesOfActors(
		db,
		scope,
		rows.flatMap(({ actor, target, details }) => [actor, target, String(details['invitedBy'])])
	);
	const buyerKeys = rows.flatMap(({ target }) => BUYER_TARGET.exec(target)?.[1] ?? []);
	const names = { actors, buyers: await handlesOfBuyers(db, scope, buyerKeys) };
	const buyers = await buyersOfEntries(db, scope, rows);
	const former = await settingsBefore(
		db,
		rows.filter((row) => row.action === 'show.edited').map((row) => row.entry)
	);
	return toPage(
		rows,
		filter.limit,
		(row) => row.entry,
		(row) => ({
			entry: row.entry,
			at: row.at.getTime(),
			actor: actors.get(row.actor) ?? { id: row.actor, name: row.actor, note: null },
			action: auditWords(row.action, row.details),
			code: row.action,
			target: auditTarget(row.target, names),
			buyer: buyers.get(row.entry) ?? null,
			show:
				row.show_id === null || row.show_name === null
					? null
					: { id: row.show_id, name: row.show_name },
			changes: auditChanges(row.action, row.details, former.get(row.entry) ?? null).map(
				(change) => ({ ...change, after: nameIn(change.after, actors) })
			)
		})
	);
}
