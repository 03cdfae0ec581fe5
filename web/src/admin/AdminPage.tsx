import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { theClassification } from '../shared/classification';
import { Bar } from '../shared/parts/Bar';
import { EmptyState, ErrorState, Skeleton } from '../shared/parts/States';
import { SyntheticTag } from '../shared/parts/SyntheticTag';
import { Tabs } from '../shared/parts/Tabs';
import { answerIn } from '../shared/question';
import { may, readSession, session, sessionProblem, signInAddress } from '../shared/session';
import { Accounts } from './Accounts';
import { Audit } from './Audit';
import { Centres } from './Centres';
import { Closures } from './Closures';
import { Forces } from './Forces';
import { Imports } from './Imports';
import { People } from './People';
import { Rosters } from './Rosters';
import { Rules } from './Rules';
import { Webhooks } from './Webhooks';
import { adminWords } from './words';
import './admin.css';

type TabId =
  | 'people'
  | 'rosters'
  | 'forces'
  | 'centres'
  | 'closures'
  | 'accounts'
  | 'imports'
  | 'rules'
  | 'webhooks'
  | 'audit';
const open = signal<TabId | null>(null);
/** What a tab's list asks for; whoever may not does not see the tab. */
const NEEDS: Record<TabId, string> = {
  people: 'view_people',
  rosters: 'view_people',
  forces: 'view_people',
  centres: 'manage_centres',
  closures: 'manage_closures',
  accounts: 'manage_accounts',
  imports: 'view_imports',
  rules: 'view_policy',
  webhooks: 'manage_interfaces',
  audit: 'view_audit',
};

/** People, rosters, task forces, centres, closures, accounts, imports, rules, other systems, and who did what. */
export function AdminPage() {
  const t = adminWords();
  useEffect(() => {
    void readSession();
    void theClassification.put();
  }, []);
  const here = session.value;
  if (!here) {
    return sessionProblem.value ? (
      <ErrorState problem={sessionProblem.value} retry={() => void readSession()} />
    ) : (
      <Skeleton lines={8} />
    );
  }
  const policy = answerIn(theClassification.asked.value);
  return (
    <div class="admin">
      <Bar
        page="admin"
        links={['district', 'wall', 'admin']}
        acts={<SyntheticTag />}
        middle={policy && <span class="quiet small">{t.policy(policy.version)}</span>}
      />
      <main>
        <h1>{t.title}</h1>
        {here.signed_in ? (
          <Lists />
        ) : (
          <EmptyState
            icon="sign-in"
            title={t.signInFirst}
            act={
              <a class="button button--primary" href={signInAddress()}>
                {t.signIn}
              </a>
            }
          />
        )}
      </main>
    </div>
  );
}

function Lists() {
  const t = adminWords();
  const tabs = (Object.keys(NEEDS) as TabId[]).filter(id => may(NEEDS[id]));
  const shown = open.value && tabs.includes(open.value) ? open.value : tabs[0];
  if (!shown) return <EmptyState icon="lock" title={t.empty} />;
  return (
    <Tabs
      label={t.title}
      open={shown}
      onOpen={id => {
        open.value = id;
      }}
      tabs={tabs.map(id => ({ id, title: t.tabs[id] }))}
    >
      {shown === 'people' && <People />}
      {shown === 'forces' && <Forces />}
      {shown === 'accounts' && <Accounts />}
      {shown === 'closures' && <Closures />}
      {shown === 'rosters' && <Rosters />}
      {shown === 'centres' && <Centres />}
      {shown === 'imports' && <Imports />}
      {shown === 'rules' && <Rules />}
      {shown === 'webhooks' && <Webhooks />}
      {shown === 'audit' && <Audit />}
    </Tabs>
  );
}
