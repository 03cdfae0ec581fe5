import { theClassification } from '../shared/classification';
import { nameOf } from '../shared/language';
import { Shown } from '../shared/parts/States';
import { Table } from '../shared/parts/Table';
import { adminWords } from './words';

const MARK_LENGTH = 16;

/** The version of the rules that is in force, and what it knows. Rules are files: they change by a release. */
export function Rules() {
  const t = adminWords();
  return (
    <Shown asked={theClassification.asked.value} retry={() => void theClassification.put()}>
      {policy => (
        <>
          <dl class="admin__facts">
            <dt>{t.ruleVersion}</dt>
            <dd>{policy.version}</dd>
            <dt>{t.ruleMark}</dt>
            <dd>
              <code>{policy.digest.slice(0, MARK_LENGTH)}</code>
            </dd>
            <dt>{t.ruleCounts}</dt>
            <dd>{t.ruleCount(policy.categories.length, policy.duties.length, policy.departments.length)}</dd>
          </dl>
          <p class="quiet">{t.ruleHint}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
          <div class="admin__table" tabIndex={0}>
            <Table
              caption={t.categories}
              rows={policy.categories}
              keyOf={one => one.id}
              columns={[
                { id: 'id', title: t.code, value: one => one.id },
                { id: 'name', title: t.called, value: one => nameOf(one) },
                { id: 'severity', title: t.severity, value: one => one.severity },
                {
                  id: 'duty',
                  title: t.duty,
                  value: one => {
                    const duty = policy.duties.find(other => other.id === one.duty);
                    return duty ? nameOf(duty) : one.duty;
                  },
                },
              ]}
            />
          </div>
        </>
      )}
    </Shown>
  );
}
