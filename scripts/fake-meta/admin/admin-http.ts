import { z } from 'zod';
import type { Call } from '../http/call.ts';
import type { Machinery } from './define-switch.ts';
import { stateOf } from './state.ts';
import { isSwitchName, listSwitches, runSwitch } from './switches.ts';

/** `GET /admin`, `GET /admin/state`, `POST /admin/{switch}` with a JSON object as body. */
export async function answerAdmin(machinery: Machinery, call: Call): Promise<void> {
	const [name = '', ...rest] = call.path;
	const { status, json } = await act(machinery, call, rest.length > 0 ? '?' : name);
	call.response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
	call.response.end(`${JSON.stringify(json, null, '\t')}\n`);
}

async function act(
	machinery: Machinery,
	call: Call,
	name: string
): Promise<{ status: number; json: unknown }> {
	if (call.method === 'GET' && name === '') return { status: 200, json: listSwitches() };
	if (call.method === 'GET' && name === 'state') return { status: 200, json: stateOf(machinery) };
	if (!isSwitchName(name)) return { status: 404, json: { error: `no switch “${name}”` } };
	if (call.method !== 'POST') return { status: 405, json: { error: 'switches are POSTed' } };
	try {
		const text = await call.readText();
		const input: unknown = text === '' ? {} : JSON.parse(text);
		return { status: 200, json: await runSwitch(machinery, name, input) };
	} catch (error) {
		const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
		return { status: 400, json: { error: message } };
	}
}
