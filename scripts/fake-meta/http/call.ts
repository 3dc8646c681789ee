import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Endpoint } from './calls.ts';
import { badParameter } from './graph-error.ts';

const MAX_BODY_BYTES = 1_048_576;

/** What a handler answers with; null when it writes the response itself. */
export type Reply =
	| { readonly json: unknown; readonly status?: number; readonly headers?: Record<string, string> }
	/** JSON that is already text. */
	| { readonly jsonText: string }
	| { readonly html: string; readonly status?: number }
	| { readonly text: string; readonly status?: number }
	| { readonly redirect: string };

/** One request to the fake, taken apart. */
export class Call {
	readonly method: string;
	/** First path segment: which of Meta's hosts is meant. */
	readonly host: string;
	/** `v25.0/`, or nothing. */
	readonly version: string;
	/** What follows the host and the version. */
	readonly path: readonly string[];
	readonly query: URLSearchParams;
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** Form or JSON fields of the body. */
	form = new URLSearchParams();
	endpoint: Endpoint = 'unknown';

	constructor(request: IncomingMessage, response: ServerResponse) {
		const url = new URL(request.url ?? '/', 'http://fake');
		const [host = '', ...rest] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
		this.method = request.method ?? 'GET';
		this.host = host;
		const hasVersion = /^v\d+\.\d+$/.test(rest[0] ?? '');
		this.version = hasVersion ? `${rest[0]}/` : '';
		this.path = hasVersion ? rest.slice(1) : rest;
		this.query = url.searchParams;
		this.request = request;
		this.response = response;
	}

	/** A parameter of the query or, when the method has a body, of that. */
	param(name: string): string | null {
		return this.query.get(name) ?? this.form.get(name);
	}

	/** @throws GraphError code 100 when it is missing or empty */
	required(name: string): string {
		const value = this.param(name);
		if (value === null || value === '') {
			throw badParameter(`(#100) The parameter ${name} is required`);
		}
		return value;
	}

	get bearer(): string | null {
		return /^(?:Bearer|OAuth) (\S+)$/i.exec(this.request.headers.authorization ?? '')?.[1] ?? null;
	}

	/** Reads the body's fields. @throws GraphError when it is too long or no form and no JSON object */
	async readForm(): Promise<void> {
		if (this.method === 'GET' || this.method === 'HEAD') return;
		const text = await this.readText();
		const type = this.request.headers['content-type'] ?? '';
		if (type.startsWith('application/json')) this.form = jsonFields(text);
		else if (type.startsWith('application/x-www-form-urlencoded')) {
			this.form = new URLSearchParams(text);
		} else if (text !== '') throw badParameter(`(#100) can't read a body of type "${type}"`);
	}

	/** The body as text. @throws GraphError when it is longer than 1 MiB */
	async readText(): Promise<string> {
		const chunks: Buffer[] = [];
		let size = 0;
		for await (const chunk of this.request) {
			const bytes = Buffer.from(chunk);
			size += bytes.length;
			if (size > MAX_BODY_BYTES) throw badParameter('(#100) the body is too long');
			chunks.push(bytes);
		}
		return Buffer.concat(chunks).toString('utf8');
	}
}

function jsonFields(text: string): URLSearchParams {
	try {
		const body = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
		const fields = Object.entries(body).map(([name, value]): [string, string] => [
			name,
			typeof value === 'string' ? value : JSON.stringify(value)
		]);
		return new URLSearchParams(fields);
	} catch {
		throw badParameter('(#100) the body is no JSON object');
	}
}
