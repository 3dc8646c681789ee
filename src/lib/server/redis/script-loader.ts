import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

export type LuaScript = {
	readonly name: string;
	/** Source with every include in its place. */
	readonly source: string;
	/** SHA-1 of the source, as EVALSHA wants it. */
	readonly sha: string;
};

/** A script that can't be assembled; the message names file and line. */
export class ScriptLoadError extends Error {
	override readonly name = 'ScriptLoadError';
}

const INCLUDE = /^\s*--\s*@include\s+"([^"]+)"\s*$/;

/**
 * Replaces each `-- @include "path"` line (relative to the file, without `.lua`) by that file, each
 * file once. Throws `ScriptLoadError` for a missing file and for a cycle.
 */
function expand(file: string, root: string, open: readonly string[], done: Set<string>): string {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch {
		throw new ScriptLoadError(`${relative(root, file)}: no such file`);
	}
	const lines = text.split('\n').map((line, index) => {
		const include = INCLUDE.exec(line)?.[1];
		if (include === undefined) return line;
		const target = join(dirname(file), `${include}.lua`);
		const where = `${relative(root, file)}:${index + 1}`;
		if ([...open, file].includes(target)) {
			throw new ScriptLoadError(`${where}: including "${include}" closes a cycle`);
		}
		if (done.has(target)) return '';
		try {
			return expand(target, root, [...open, file], done).trimEnd();
		} catch (error) {
			if (!(error instanceof ScriptLoadError) || open.length > 0) throw error;
			throw new ScriptLoadError(`${where}: ${error.message}`);
		}
	});
	done.add(file);
	return lines.join('\n');
}

/** Assembles one script file. */
export function loadScript(file: string): LuaScript {
	const source = expand(file, dirname(file), [], new Set());
	return {
		name: basename(file, '.lua'),
		source,
		sha: createHash('sha1').update(source).digest('hex')
	};
}

/** Assembles every script of a folder (not of its sub-folders), by name. */
export function loadScripts(folder: string): ReadonlyMap<string, LuaScript> {
	const files = readdirSync(folder).filter((file) => file.endsWith('.lua'));
	return new Map(
		files.map((file) => {
			const script = loadScript(join(folder, file));
			return [script.name, script];
		})
	);
}
