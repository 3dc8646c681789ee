import { sql } from 'kysely';
import { z } from 'zod';
import { allowErasing } from '../audit.ts';
import type { Db } from '../database.ts';
import type { Pseudonym } from './erase-rows.ts';

/** What links tell: the identities of a person, joined. */
const JOINED = ' + ';
const linkSchema = z.object({ linked: z.array(z.string()) });
const linksSchema = z.object({ before: linkSchema, after: linkSchema });

/** `a + b` with one of them under another name. */
export function renameJoined(keys: string, { buyerKey, newKey }: Pseudonym): string {
	return `${JOINED}${keys}${JOINED}`
		.replaceAll(`${JOINED}${buyerKey}${JOINED}`, `${JOINED}${newKey}${JOINED}`)
		.slice(JOINED.length, -JOINED.length);
}

/** The details of an entry without the person; null when they name nobody of these. */
function withoutPerson(
	action: string,
	details: unknown,
	pseudonyms: readonly Pseudonym[]
): unknown {
	const links = linksSchema.safeParse(details).data;
	if (!links) return action === 'buyer.tagged' || action === 'buyer.untagged' ? {} : details;
	const renamed = (keys: string): string => pseudonyms.reduce(renameJoined, keys);
	return {
		before: { linked: links.before.linked.map(renamed) },
		after: { linked: links.after.linked.map(renamed) }
	};
}

/** What was done to claims of these accounts, in the shows' part of the log (index `audit_log_show`). */
async function eraseFromShows(
	tx: Db,
	showIds: readonly string[],
	pseudonyms: readonly Pseudonym[]
): Promise<void> {
	await sql`
		update audit_log set details = jsonb_set(audit_log.details, '{buyerKey}', to_jsonb(erased.new_key))
		from unnest(${pseudonyms.map(({ buyerKey }) => buyerKey)}::text[],
			${pseudonyms.map(({ newKey }) => newKey)}::text[]) as erased (buyer_key, new_key)
		where audit_log.show_id = any(${[...showIds]}::uuid[])
			and audit_log.details->>'buyerKey' = erased.buyer_key
	`.execute(tx);
}

/** What was noted about these accounts, and whom they were linked to (index `audit_log_kind`). */
async function eraseNotes(
	tx: Db,
	workspaceId: string,
	pseudonyms: readonly Pseudonym[]
): Promise<void> {
	const newTargets = new Map(
		pseudonyms.map(({ buyerKey, newKey }) => [`buyer ${buyerKey}`, `buyer ${newKey}`])
	);
	const rows = await tx
		.selectFrom('audit_log')
		.select(['entry', 'action', 'target', 'details'])
		.where('workspace_id', '=', workspaceId)
		.where('kind', '=', 'buyer')
		.where((eb) =>
			eb.or([
				eb('target', 'in', [...newTargets.keys()]),
				eb('action', 'in', ['buyer.linked', 'buyer.unlinked'])
			])
		)
		.execute();
	for (const { entry, action, target, details } of rows) {
		const newTarget = newTargets.get(target) ?? target;
		const isTheirs = newTarget !== target;
		const isLink = linksSchema.safeParse(details).success;
		const after = isTheirs || isLink ? withoutPerson(action, details, pseudonyms) : details;
		const json = JSON.stringify(after);
		if (!isTheirs && json === JSON.stringify(details)) continue;
		await sql`
			update audit_log set target = ${newTarget}, details = ${json}::jsonb where entry = ${entry}
		`.execute(tx);
	}
}

/**
 * Takes these accounts out of the audit log: entries stay, with who did what and when, and name the pseudonym.
 * What tags said goes.
 */
export async function eraseFromAudit(
	tx: Db,
	workspaceId: string,
	showIds: readonly string[],
	pseudonyms: readonly Pseudonym[]
): Promise<void> {
	await allowErasing(tx);
	await eraseFromShows(tx, showIds, pseudonyms);
	await eraseNotes(tx, workspaceId, pseudonyms);
}
