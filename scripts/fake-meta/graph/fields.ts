import { badParameter } from '../http/graph-error.ts';

/** Names asked for with `fields=`, each with those asked for inside it: `id,from{id,name}`. */
export type FieldTree = ReadonlyMap<string, FieldTree>;

/** Reads a `fields` parameter. @throws GraphError code 100 for anything but names, commas and braces */
export function parseFields(text: string): FieldTree {
	const tokens = text.match(/[\w.()]+|[{},]|\S/g) ?? [];
	let place = 0;
	const readLevel = (): FieldTree => {
		const level = new Map<string, FieldTree>();
		for (;;) {
			const name = tokens[place++];
			if (name === undefined || !/^[\w.()]+$/.test(name)) {
				throw badParameter(`(#2500) Syntax error near "${name ?? 'end of string'}" in fields`);
			}
			if (tokens[place] === '{') {
				place++;
				level.set(plainName(name), readLevel());
				if (tokens[place++] !== '}') throw badParameter('(#2500) Syntax error: a } is missing');
			} else level.set(plainName(name), new Map());
			if (tokens[place] !== ',') return level;
			place++;
		}
	};
	const tree = readLevel();
	if (place < tokens.length) throw badParameter(`(#2500) Syntax error near "${tokens[place]}"`);
	return tree;
}

/** `comments.limit(10)` asks for `comments`. */
function plainName(name: string): string {
	return name.split('.')[0] ?? name;
}

/** A node: every field that its type has; undefined where this one has no value. */
export type Node = { readonly id: string } & Readonly<Record<string, unknown>>;

/**
 * The fields of `node` that were asked for, and always its id.
 * @param tree null: `defaults`
 * @throws GraphError code 100 for a field that the type does not have
 */
export function project(
	node: Node,
	type: string,
	{ tree, defaults }: { tree: FieldTree | null; defaults: readonly string[] }
): Record<string, unknown> {
	const names = tree ? [...tree.keys()] : defaults;
	const shown: Record<string, unknown> = {};
	for (const name of names) {
		if (!Object.hasOwn(node, name)) {
			throw badParameter(
				`(#100) Tried accessing nonexisting field (${name}) on node type (${type})`
			);
		}
		const value = node[name];
		if (value !== undefined) shown[name] = narrow(value, tree?.get(name) ?? new Map());
	}
	return { ...shown, id: node.id };
}

/** Only the inner fields that were asked for; all of them when none was named. */
function narrow(value: unknown, tree: FieldTree): unknown {
	if (tree.size === 0 || typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map((entry: unknown) => narrow(entry, tree));
	if ('data' in value && Array.isArray(value.data)) {
		return { ...value, data: value.data.map((entry: unknown) => narrow(entry, tree)) };
	}
	const inner = Object.entries(value).filter(([name]) => tree.has(name) || name === 'id');
	return Object.fromEntries(
		inner.map(([name, entry]) => [name, narrow(entry, tree.get(name) ?? new Map())])
	);
}

/** The tree of a call's `fields`; null when it asks for none. */
export function fieldsOf(text: string | null): FieldTree | null {
	return text === null || text === '' ? null : parseFields(text);
}
