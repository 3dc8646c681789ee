/*
 * What a migration may do while the version before it still runs (docs/operations/migrations.md). Read from
 * its text: enough to catch what is easily written and breaks a rolling upgrade.
 */

/** Changes that the version before would trip over. */
const BREAKING: readonly (readonly [RegExp, string])[] = [
	[/\bdrop\s+table\b/, 'drops a table'],
	[/\bdrop\s+column\b/, 'drops a column'],
	[/\brename\s+(?:to|column|constraint)\b/, 'renames'],
	[/\balter\s+column\s+\S+\s+(?:set\s+data\s+)?type\b/, 'changes the type of a column'],
	[/\bset\s+not\s+null\b/, 'forbids null in a column that may hold it'],
	[/\btruncate\b/, 'empties a table']
];

/** The SQL of `up`, in lower case, without comments. */
function upOf(source: string): string {
	const start = source.indexOf('function up(');
	const end = source.indexOf('function down(');
	return source
		.slice(start, end === -1 ? undefined : end)
		.replace(/^\s*\/\/.*$/gm, '')
		.toLowerCase();
}

function statementsOf(up: string): string[] {
	return [...up.matchAll(/sql`([^`]*)`/g)].map((match) => (match[1] ?? '').trim());
}

function addsRequiredColumn(statement: string): boolean {
	return [...statement.matchAll(/\badd\s+column\b[^,]*?(?=,\s*add\b|$)/gs)].some(
		([column]) => /\bnot\s+null\b/.test(column) && !/\b(?:default|generated)\b/.test(column)
	);
}

/**
 * What is wrong with a migration; empty when the version before survives it. A change that breaks older
 * versions is allowed where a comment `// contract: …` says since when nobody needs what goes.
 */
export function migrationFaults(source: string): string[] {
	const faults: string[] = [];
	const statements = statementsOf(upOf(source));
	const isContract = /^\s*\/\/ contract: \S/m.test(source);
	const isOutside = /^export const transaction = false;$/m.test(source);
	const created = new Set(
		statements.flatMap((statement) => /^create\s+table\s+(\w+)/.exec(statement)?.[1] ?? [])
	);
	for (const statement of statements) {
		for (const [pattern, what] of BREAKING) {
			if (pattern.test(statement) && !isContract) faults.push(`${what} without a contract comment`);
		}
		if (addsRequiredColumn(statement))
			faults.push('adds a column that must be given, without a default');
		const altered = /^alter\s+table\s+(\w+)/.exec(statement)?.[1] ?? '';
		if (/\badd\s+constraint\b/.test(statement) && !created.has(altered)) {
			const isLight = /\bnot\s+valid\b|\busing\s+index\b/.test(statement);
			if (!isLight)
				faults.push('adds a constraint that is checked under a lock: add it `not valid`');
		}
		const indexed = /^create\s+(?:unique\s+)?index\b(.*?)\bon\s+(\w+)/s.exec(statement);
		const isConcurrent = /\bconcurrently\b/.test(statement);
		if (indexed && !created.has(indexed[2] ?? '') && !isConcurrent) {
			faults.push(`builds an index on ${indexed[2]} under a lock: build it concurrently`);
		}
		if (isConcurrent && !isOutside) {
			faults.push('builds concurrently in a transaction: export const transaction = false');
		}
	}
	if (
		isOutside &&
		statements.filter((statement) => !/^drop\s+index\b/.test(statement)).length > 1
	) {
		faults.push('does more than one thing outside of a transaction: half of it could stay');
	}
	return faults;
}
