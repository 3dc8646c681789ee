import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const DUMP = 'postgres.dump';

/** The database for PostgreSQL's programs. Not as an argument: those can be read by everybody. */
function environment(databaseUrl: string): Record<string, string> {
	const url = new URL(databaseUrl);
	const sslMode = url.searchParams.get('sslmode');
	return {
		PATH: process.env['PATH'] ?? '',
		LC_ALL: 'C',
		PGHOST: url.hostname.replace(/^\[|\]$/g, ''),
		PGPORT: url.port || '5432',
		PGUSER: decodeURIComponent(url.username),
		PGPASSWORD: decodeURIComponent(url.password),
		PGDATABASE: databaseName(databaseUrl),
		...(sslMode === null ? {} : { PGSSLMODE: sslMode })
	};
}

function databaseName(databaseUrl: string): string {
	return decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
}

async function runClient(
	program: 'pg_dump' | 'pg_restore',
	args: readonly string[],
	databaseUrl: string
): Promise<void> {
	try {
		await run(program, [...args], {
			env: environment(databaseUrl),
			maxBuffer: MAX_OUTPUT_BYTES
		});
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			throw new Error(
				`${program} is not on the PATH: install PostgreSQL's client, of the server's version or newer`,
				{ cause: error }
			);
		}
		const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
		throw new Error(`${program} failed: ${said.trim()}`, { cause: error });
	}
}

/** Writes all of the database into the folder, as it was at one instant. It goes on being used meanwhile. */
export async function dumpPostgres(databaseUrl: string, folder: string): Promise<void> {
	const args = ['--format=custom', '--no-password', '--file', join(folder, DUMP)];
	await runClient('pg_dump', args, databaseUrl);
}

/** Fills an empty database, completely or not at all. Throws for a database that has tables. */
export async function restorePostgres(databaseUrl: string, folder: string): Promise<void> {
	const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
	await client.connect();
	try {
		const found = await client.query(
			`select 1 from pg_tables where schemaname not in ('pg_catalog', 'information_schema') limit 1`
		);
		if (found.rowCount !== 0) {
			throw new Error(
				`the database ${databaseName(databaseUrl)} is not empty: restore into a new one`
			);
		}
	} finally {
		await client.end();
	}
	await runClient(
		'pg_restore',
		[
			...['--single-transaction', '--exit-on-error', '--no-owner', '--no-password'],
			...['--dbname', databaseName(databaseUrl), join(folder, DUMP)]
		],
		databaseUrl
	);
}
