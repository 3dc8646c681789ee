import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ItemUpdated, OperatorAction, SessionStatus } from '../../src/lib/domain/events.ts';
import { auditWords } from '../../src/lib/server/history/queries/audit-words.ts';

const ROOT = join(import.meta.dirname, '../..');

function filesOf(folder: string): { readonly name: string; readonly text: string }[] {
	return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
		.map((name) => ({ name, text: readFileSync(join(ROOT, folder, name), 'utf8') }));
}

const tables = new Set(
	filesOf('migrations').flatMap(({ text }) =>
		[...text.matchAll(/create table (\w+)/g)].map(([, table]) => table)
	)
);

/** Actions that code enters in the log by itself: texts like `kind.what` in files that enter something. */
const entered = filesOf('src/lib/server')
	// It says how entries are written, not which.
	.filter(({ name }) => name !== 'history/audit.ts')
	.filter(({ text }) => /\b(recordAudit|audit)\(|\bBeginning\b/.test(text))
	.flatMap(({ text }) => [...text.matchAll(/'([a-z]+)\.([a-z_]+)'/g)])
	// A column of a table looks the same.
	.filter(([, kind]) => !tables.has(kind ?? ''))
	.map(([, kind, what]) => `${kind}.${what}`);

// What events enter (history/projection.ts). The compiler asks for the ones that are missing here.
const ITEM_ACTIONS: Record<ItemUpdated['action'], true> = {
	added: true,
	edited: true,
	quantity: true,
	opened: true,
	closed: true,
	removed: true,
	shown: true,
	hidden: true
};
const STATUS_ACTIONS: Record<SessionStatus['action'], true> = {
	activated: true,
	paused: true,
	resumed: true,
	ended: true,
	reopened: true,
	edited: true
};
const CLAIM_EVENTS: Record<OperatorAction, readonly string[]> = {
	release: ['claim.released', 'claim.promoted'],
	award: ['claim.created', 'claim.promoted'],
	reassign: ['claim.released', 'claim.created', 'claim.promoted'],
	quantity: ['claim.promoted'],
	undo: ['claim.released', 'claim.created']
};

const actions = [
	...new Set(entered),
	...Object.keys(ITEM_ACTIONS).map((action) => `item.${action}`),
	...Object.keys(STATUS_ACTIONS).map((action) => `show.${action}`)
].sort();

/** What an action without words of its own is called. */
const spelled = (action: string): string => action.replace(/[._]/g, ' ');

test('the search finds what is known to be entered', () => {
	expect(actions).toEqual(expect.arrayContaining(['buyer.linked', 'show.created', 'member.left']));
});

test.each(actions)('%s has a sentence', (action) => {
	expect(auditWords(action, {}).toLowerCase()).not.toBe(spelled(action));
});

test.each(
	Object.entries(CLAIM_EVENTS).flatMap(([action, events]) => events.map((event) => [action, event]))
)('%s has a sentence for %s', (action, event) => {
	expect(auditWords(action, { event }).toLowerCase()).not.toBe(spelled(action));
});
