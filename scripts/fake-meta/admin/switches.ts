import type { z } from 'zod';
import type { Machinery } from './define-switch.ts';
import { tokenSwitches } from './token-switches.ts';
import { troubleSwitches } from './trouble-switches.ts';
import { webhookSwitches } from './webhook-switches.ts';
import { worldSwitches } from './world-switches.ts';

/** The one table of what can be done to the fake: `fake.admin(name, input)`, `POST /admin/{name}`. */
const SWITCHES = {
	...worldSwitches,
	...tokenSwitches,
	...troubleSwitches,
	...webhookSwitches
} as const;

export type SwitchName = keyof typeof SWITCHES;
export type SwitchInput<Name extends SwitchName> = z.input<(typeof SWITCHES)[Name]['schema']>;
export type SwitchOutput<Name extends SwitchName> = Awaited<
	ReturnType<(typeof SWITCHES)[Name]['run']>
>;

/** The table once more, in a form in which a name and its types stay together. */
const TABLE: {
	readonly [Name in SwitchName]: {
		readonly run: (machinery: Machinery, input: unknown) => Promise<SwitchOutput<Name>>;
	};
} = SWITCHES;

export function isSwitchName(name: string): name is SwitchName {
	return Object.hasOwn(SWITCHES, name);
}

/** Name and purpose of every switch. */
export function listSwitches(): { readonly name: string; readonly help: string }[] {
	return Object.entries(SWITCHES).map(([name, { help }]) => ({ name, help }));
}

/** @throws ZodError when the input is wrong, Error when it can’t be done */
export function runSwitch<Name extends SwitchName>(
	machinery: Machinery,
	name: Name,
	input: unknown
): Promise<SwitchOutput<Name>> {
	return TABLE[name].run(machinery, input);
}
