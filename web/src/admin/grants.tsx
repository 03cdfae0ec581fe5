import { policyName, theClassification } from '../shared/classification';
import { nameOf } from '../shared/language';
import { Button, IconButton } from '../shared/parts/Button';
import { Field } from '../shared/parts/Field';
import { answerIn } from '../shared/question';
import { type Grant, session } from '../shared/session';
import { adminWords } from './words';

export const ROLES = [
  'operator',
  'supervisor',
  'street_chief',
  'task_force_member',
  'grid_worker',
  'department_contact',
  'planner',
  'resident',
  'administrator',
  'auditor',
] as const;

/** What somebody may do and where, in words. */
export function grantInWords(grant: Grant): string {
  const t = adminWords();
  const role = t.roleNames[grant.role as keyof typeof t.roleNames] ?? grant.role;
  const place = grant.department ? policyName('department', grant.department) : (grant.street ?? grant.area);
  return `${role} ${place}`;
}

interface GrantsProps {
  grants: readonly Grant[];
  onChange: (grants: Grant[]) => void;
}

/** The roles of an account, each in its own place; taken away, they are gone within seconds. */
export function Grants({ grants, onChange }: GrantsProps) {
  const t = adminWords();
  const put = (index: number, what: Partial<Grant>) =>
    onChange(grants.map((one, place) => (place === index ? { ...one, ...what } : one)));
  const departments = answerIn(theClassification.asked.value)?.departments ?? [];
  return (
    <fieldset class="admin__finder">
      <legend>{t.roles}</legend>
      {grants.map((grant, index) => (
        <div key={index} class="admin__grant">
          <Field label={t.role}>
            {attributes => (
              <select
                {...attributes}
                value={grant.role}
                onChange={event => put(index, { role: event.currentTarget.value })}
              >
                {ROLES.map(role => (
                  <option key={role} value={role}>
                    {t.roleNames[role]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t.areaCode}>
            {attributes => (
              <input
                {...attributes}
                inputMode="numeric"
                value={grant.area}
                onInput={event => put(index, { area: event.currentTarget.value.trim() })}
              />
            )}
          </Field>
          {['street_chief', 'task_force_member'].includes(grant.role) && (
            <Field label={t.streetCode}>
              {attributes => (
                <input
                  {...attributes}
                  value={grant.street ?? ''}
                  onInput={event => put(index, { street: event.currentTarget.value.trim() || null })}
                />
              )}
            </Field>
          )}
          {grant.role === 'department_contact' && (
            <Field label={t.department}>
              {attributes => (
                <select
                  {...attributes}
                  value={grant.department ?? ''}
                  onChange={event => put(index, { department: event.currentTarget.value || null })}
                >
                  <option value="">{t.none}</option>
                  {departments.map(one => (
                    <option key={one.id} value={one.id}>
                      {nameOf(one)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <IconButton
            icon="close"
            label={`${t.remove} ${grantInWords(grant)}`}
            onClick={() => onChange(grants.filter((_, place) => place !== index))}
          />
        </div>
      ))}
      <Button
        icon="plus"
        onClick={() =>
          onChange([
            ...grants,
            { role: 'operator', area: session.value?.district ?? '', street: null, department: null },
          ])
        }
      >
        {t.addRole}
      </Button>
    </fieldset>
  );
}
