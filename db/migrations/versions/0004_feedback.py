"""Feedback, surveys, themes, requests and what is told of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('digests',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('markdown', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_digests_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', 'week', name=op.f('pk_digests')),
    comment='The summary of the week that begins on a Monday.'
    )
    op.create_table('page_ratings',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('page', sa.Text(), nullable=False),
    sa.Column('helpful', sa.Boolean(), nullable=False),
    sa.Column('comment', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_page_ratings_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'page', name=op.f('pk_page_ratings')),
    comment='What colleagues say about our own pages.'
    )
    op.create_table('plan_prices',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('monthly_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.CheckConstraint('monthly_cents >= 0', name=op.f('ck_plan_prices_monthly_cents')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_plan_prices_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', 'plan', name=op.f('pk_plan_prices')),
    comment='What a person on a plan pays a month.'
    )
    op.create_table('targets',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('kinds', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_targets_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_targets')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_targets_project_id_name')),
    comment='Where messages go: an address of apprise, which is a secret.'
    )
    op.create_table('themes',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('is_named', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('is_pinned', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('merged_into', sa.Integer(), nullable=True),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('effort', sa.Double(), nullable=True),
    sa.Column('confidence', sa.Double(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('praise', 'pain', 'request')", name=op.f('ck_themes_kind')),
    sa.CheckConstraint('confidence > 0 AND confidence <= 1', name=op.f('ck_themes_confidence')),
    sa.CheckConstraint('effort > 0', name=op.f('ck_themes_effort')),
    sa.ForeignKeyConstraint(['merged_into'], ['themes.id'], name=op.f('fk_themes_merged_into'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_themes_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_themes')),
    comment='What comments are about; terms weigh the words by which the next run knows it again.'
    )
    op.create_index(op.f('ix_themes_project_id'), 'themes', ['project_id'], unique=False)
    op.create_table('messages',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('markdown', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('tries', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.CheckConstraint("kind IN ('digest', 'shipped')", name=op.f('ck_messages_kind')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_messages_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['target_id'], ['targets.id'], name=op.f('fk_messages_target_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('target_id', 'kind', 'about', name=op.f('uq_messages_target_id_kind_about')),
    comment='What is sent to a target, once for what it is about.'
    )
    op.create_index('ix_messages_due', 'messages', ['due_at'], unique=False, postgresql_where=sa.text('sent_at IS NULL'))
    op.create_table('requests',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('details', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('masked', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('state', sa.Text(), server_default=sa.text("'open'"), nullable=False),
    sa.Column('merged_into', sa.Integer(), nullable=True),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('theme_is_set', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shipped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by', sa.Integer(), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('effort', sa.Double(), nullable=True),
    sa.Column('confidence', sa.Double(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'planned', 'started', 'shipped', 'declined')", name=op.f('ck_requests_state')),
    sa.CheckConstraint('confidence > 0 AND confidence <= 1', name=op.f('ck_requests_confidence')),
    sa.CheckConstraint('effort > 0', name=op.f('ck_requests_effort')),
    sa.ForeignKeyConstraint(['merged_into'], ['requests.id'], name=op.f('fk_requests_merged_into'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_requests_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['released_by'], ['people.id'], name=op.f('fk_requests_released_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_requests_theme_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requests')),
    sa.UniqueConstraint('project_id', 'actor_key', 'external_id', name=op.f('uq_requests_project_id_actor_key_external_id'))
    )
    op.create_table('surveys',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('questions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('segment_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('event', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('sample', sa.Double(), server_default=sa.text('1'), nullable=False),
    sa.Column('quiet_days', sa.Integer(), server_default=sa.text('90'), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('quiet_days >= 0', name=op.f('ck_surveys_quiet_days')),
    sa.CheckConstraint('sample > 0 AND sample <= 1', name=op.f('ck_surveys_sample')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_surveys_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_surveys_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_surveys')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_surveys_project_id_name')),
    comment='segment_id outlives its segment: a survey of one that is gone is for nobody.'
    )
    op.create_table('feedback',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('interaction', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=True),
    sa.Column('question', sa.SmallInteger(), nullable=True),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('score', sa.SmallInteger(), nullable=True),
    sa.Column('helpful', sa.Boolean(), nullable=True),
    sa.Column('choices', postgresql.ARRAY(sa.Text()), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('context', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('masked', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('subject', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('package', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('platform', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('app_version', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('country', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('channel', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('plan', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('compound', sa.Double(), nullable=True),
    sa.Column('sentiment', sa.Text(), nullable=True),
    sa.Column('lexicon', sa.Text(), nullable=True),
    sa.Column('corrected', sa.Text(), nullable=True),
    sa.Column('corrected_by', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), server_default=sa.text("'new'"), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('released_by', sa.Integer(), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('words', postgresql.TSVECTOR(), sa.Computed("to_tsvector('english'::regconfig, coalesce(comment, ''))", persisted=True), nullable=True),
    sa.CheckConstraint("corrected IN ('positive', 'neutral', 'negative')", name=op.f('ck_feedback_corrected')),
    sa.CheckConstraint("kind IN ('rating', 'nps', 'csat', 'ces', 'choice', 'text')", name=op.f('ck_feedback_kind')),
    sa.CheckConstraint("sentiment IN ('positive', 'neutral', 'negative', 'not_scored')", name=op.f('ck_feedback_sentiment')),
    sa.CheckConstraint("state IN ('new', 'seen', 'answered', 'shipped')", name=op.f('ck_feedback_state')),
    sa.ForeignKeyConstraint(['assignee_id'], ['people.id'], name=op.f('fk_feedback_assignee_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['corrected_by'], ['people.id'], name=op.f('fk_feedback_corrected_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_feedback_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['released_by'], ['people.id'], name=op.f('fk_feedback_released_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_feedback_survey_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
    comment='One row a rating or an answer to a question; actor_key is 0 where nobody is known.'
    )
    op.create_index(op.f('ix_feedback_project_id_said_at'), 'feedback', ['project_id', 'said_at'], unique=False)
    op.create_index('ix_feedback_unscored', 'feedback', ['id'], unique=False, postgresql_where=sa.text('comment IS NOT NULL AND lexicon IS NULL'))
    op.create_index('ix_feedback_words', 'feedback', ['words'], unique=False, postgresql_using='gin')
    op.create_index('ix_feedback_interaction', 'feedback', ['project_id', 'actor_key', 'interaction'], unique=True, postgresql_where=sa.text("interaction <> ''"))
    op.create_table('hypotheses',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('metric', sa.Text(), nullable=False),
    sa.Column('event', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('expected', sa.Double(), nullable=False),
    sa.Column('guardrails', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('annotation_id', sa.Integer(), nullable=True),
    sa.Column('experiment', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('state', sa.Text(), server_default=sa.text("'proposed'"), nullable=False),
    sa.Column('shipped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('proposed', 'testing', 'shipped', 'confirmed', 'refuted', 'inconclusive')", name=op.f('ck_hypotheses_state')),
    sa.ForeignKeyConstraint(['annotation_id'], ['annotations.id'], name=op.f('fk_hypotheses_annotation_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_hypotheses_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_hypotheses_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_hypotheses_request_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_hypotheses_theme_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hypotheses')),
    comment='What is believed, the relative change that is expected, and what must not suffer.'
    )
    op.create_index(op.f('ix_hypotheses_project_id'), 'hypotheses', ['project_id'], unique=False)
    op.create_table('invitations',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_invitations_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_invitations_survey_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    comment='To whom a survey was shown, and who answered it.'
    )
    op.create_index(op.f('ix_invitations_project_id_actor_key_shown_at'), 'invitations', ['project_id', 'actor_key', 'shown_at'], unique=False)
    op.create_index(op.f('ix_invitations_survey_id_shown_at'), 'invitations', ['survey_id', 'shown_at'], unique=False)
    op.create_table('notices',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_notices_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_notices_request_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('request_id', 'actor_key', name=op.f('uq_notices_request_id_actor_key')),
    comment='What a person is told of a request that they wanted.'
    )
    op.create_index(op.f('ix_notices_project_id_actor_key'), 'notices', ['project_id', 'actor_key'], unique=False)
    op.create_table('votes',
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('voted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_votes_request_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('request_id', 'actor_key', name=op.f('pk_votes')),
    comment='Who wants a request; whoever asked for it wants it.'
    )
    op.create_index(op.f('ix_votes_project_id_actor_key'), 'votes', ['project_id', 'actor_key'], unique=False)
    op.create_table('feedback_history',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('feedback_id', sa.BigInteger(), nullable=False),
    sa.Column('score', sa.SmallInteger(), nullable=True),
    sa.Column('helpful', sa.Boolean(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['feedback_id'], ['feedback.id'], name=op.f('fk_feedback_history_feedback_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback_history')),
    comment='What was said before it was replaced.'
    )
    op.create_index(op.f('ix_feedback_history_feedback_id'), 'feedback_history', ['feedback_id'], unique=False)
    op.create_table('feedback_themes',
    sa.Column('feedback_id', sa.BigInteger(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('weight', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['feedback_id'], ['feedback.id'], name=op.f('fk_feedback_themes_feedback_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_feedback_themes_theme_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('feedback_id', 'theme_id', name=op.f('pk_feedback_themes'))
    )
    op.create_index(op.f('ix_feedback_themes_theme_id'), 'feedback_themes', ['theme_id'], unique=False)
    op.create_table('theme_runs',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('basis', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_theme_runs_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', name=op.f('pk_theme_runs')),
    comment="When a project's themes were last looked for, and how much was said by then."
    )
    op.create_table('erasures',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('receipt', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_erasures_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures')),
    comment='Who is to be erased; once that is done actor_key is 0, and receipt counts by table.'
    )
    op.create_index('ix_erasures_waiting', 'erasures', ['project_id', 'actor_key'], unique=True, postgresql_where=sa.text('done_at IS NULL'))


def downgrade() -> None:
    for table in ('erasures', 'theme_runs', 'feedback_themes', 'feedback_history', 'votes', 'notices', 'invitations', 'hypotheses', 'feedback', 'surveys', 'requests', 'messages', 'themes', 'targets', 'plan_prices', 'page_ratings', 'digests'):
        op.drop_table(table)
